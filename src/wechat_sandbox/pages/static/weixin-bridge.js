// What WeChat's own browser gives a page: WeixinJSBridge with getBrandWCPayRequest. A test browser runs it in every page
// before the page's own scripts; window.wechatSandbox holds this sandbox's address. As in WeChat the bridge comes late.
(() => {
  const origin = window.wechatSandbox
  const openCashier = (url, prepayId, answer) => {
    const frame = document.createElement('iframe')
    frame.className = 'wechat-sandbox-cashier'
    frame.style.cssText = 'position:fixed;inset:0;width:100%;height:100%;border:0;z-index:99999;background:#fff'
    const heard = (event) => {
      if (event.origin !== origin || event.data?.type !== 'wechat-sandbox-cashier' || event.data.prepay_id !== prepayId) return
      window.removeEventListener('message', heard)
      frame.remove()
      answer({ err_msg: `get_brand_wcpay_request:${event.data.result}` })
    }
    window.addEventListener('message', heard)
    frame.src = url
    document.body.append(frame)
  }
  const invoke = async (name, order, answer) => {
    if (name !== 'getBrandWCPayRequest') return answer({ err_msg: `${name}:fail, the sandbox does not know it` })
    try {
      const response = await fetch(`${origin}/_sandbox/jsapi-pay`, {
        method: 'POST',
        headers: { 'Content-Type': 'application/json' },
        body: JSON.stringify(order),
      })
      const opened = await response.json()
      if (!response.ok) throw new Error(opened.message)
      openCashier(opened.cashier_url, opened.prepay_id, answer)
    } catch (error) {
      answer({ err_msg: 'get_brand_wcpay_request:fail', err_desc: error.message })
    }
  }
  addEventListener('load', () => {
    window.WeixinJSBridge = { invoke: (name, order, answer) => void invoke(name, order, answer) }
    document.dispatchEvent(new Event('WeixinJSBridgeReady'))
  })
})()
