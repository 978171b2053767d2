// wx.openBusinessView: components of the platform that a mini-program opens. The sandbox's own page stands in for it.
import { options } from '../package.js'
import { settle } from './answer.js'
import { shown } from './appshow.js'

const RECEIPT = 'wx1183b055aeec94d1'

function openReceipt(asked) {
  const frame = document.createElement('iframe')
  frame.className = 'receipt'
  frame.style.cssText = 'position: fixed; inset: 0; z-index: 100; width: 100%; height: 100%; border: 0; background: #fff'
  frame.src = `${options.sandbox}/_sandbox/receipt?${new URLSearchParams(asked)}`
  addEventListener('message', function back(event) {
    if (event.source !== frame.contentWindow || event.data?.type !== 'wechat-sandbox-receipt') return
    removeEventListener('message', back)
    frame.remove()
    shown({ appId: RECEIPT, extraData: { status: event.data.status, req_extradata: asked } })
  })
  document.body.append(frame)
}

export const business = {
  openBusinessView: (o) =>
    settle(o, 'openBusinessView', async () => {
      if (o.businessType !== 'weappOrderConfirm') throw new Error('businessType is not supported')
      openReceipt(o.extraData)
      return {}
    }),
}
