// What WeChat's own browser gives a page: WeixinJSBridge with getBrandWCPayRequest and requestMerchantTransfer. A test browser runs it in every page
// before the page's own scripts; window.wechatSandbox holds this sandbox's address. As in WeChat the bridge comes late.
(() => {
  const origin = window.wechatSandbox
  // What each opens: where it is asked for, which message says that it ended, and what the page of the shop is told.
  const PAGES = {
    getBrandWCPayRequest: { asks: 'jsapi-pay', says: 'get_brand_wcpay_request', ends: 'wechat-sandbox-cashier', url: 'cashier_url' },
    requestMerchantTransfer: { asks: 'merchant-transfer', says: 'requestMerchantTransfer', ends: 'wechat-sandbox-transfer', url: 'confirm_url' },
  }
  const open = (page, opened, answer) => {
    const frame = document.createElement('iframe')
    frame.className = 'wechat-sandbox-cashier'
    frame.style.cssText = 'position:fixed;inset:0;width:100%;height:100%;border:0;z-index:99999;background:#fff'
    const heard = (event) => {
      if (event.origin !== origin || event.source !== frame.contentWindow || event.data?.type !== page.ends) return
      window.removeEventListener('message', heard)
      frame.remove()
      answer({ err_msg: `${page.says}:${event.data.result}` })
    }
    window.addEventListener('message', heard)
    frame.src = opened[page.url]
    document.body.append(frame)
  }
  const invoke = async (name, order, answer) => {
    const page = PAGES[name]
    if (!page) return answer({ err_msg: `${name}:fail, the sandbox does not know it` })
    try {
      const response = await fetch(`${origin}/_sandbox/${page.asks}`, {
        method: 'POST',
        headers: { 'Content-Type': 'application/json' },
        body: JSON.stringify(order),
      })
      const opened = await response.json()
      if (!response.ok) throw new Error(opened.message)
      open(page, opened, answer)
    } catch (error) {
      answer({ err_msg: `${page.says}:fail`, err_desc: error.message })
    }
  }
  addEventListener('load', () => {
    window.WeixinJSBridge = { invoke: (name, order, answer) => void invoke(name, order, answer) }
    document.dispatchEvent(new Event('WeixinJSBridgeReady'))
  })
})()
