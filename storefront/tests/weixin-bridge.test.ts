import { afterEach, describe, expect, it, vi } from 'vitest'
import { cameWith, confirmInPage, insideWeChat, payInPage } from '@/logic/weixin-bridge'

const order = { appId: 'wx1', timeStamp: '1', nonceStr: 'n', package: 'prepay_id=p', signType: 'RSA', paySign: 's' }
const saying = (word: string) => ({
  invoke: vi.fn((_name: string, _told: object, answer: (result: { err_msg?: string }) => void) => answer({ err_msg: word })),
})
afterEach(() => {
  vi.useRealTimers()
})

describe('paying on a page inside WeChat', () => {
  it('hands the signed order over as it is', async () => {
    const bridge = saying('get_brand_wcpay_request:ok')
    expect(await payInPage(order, { WeixinJSBridge: bridge }, new EventTarget())).toBe('ok')
    expect(bridge.invoke.mock.calls[0]!.slice(0, 2)).toEqual(['getBrandWCPayRequest', order])
  })
  it.each([['cancel', 'cancel'], ['fail', 'fail'], ['fail_invalid appid', 'fail'], ['', 'fail']])('understands %s as %s', async (word, end) => {
    expect(await payInPage(order, { WeixinJSBridge: saying(`get_brand_wcpay_request:${word}`) }, new EventTarget())).toBe(end)
  })
  it('waits for a bridge that comes late', async () => {
    const host: Parameters<typeof payInPage>[1] = {}
    const page = new EventTarget()
    const paying = payInPage(order, host, page)
    host.WeixinJSBridge = saying('get_brand_wcpay_request:ok')
    page.dispatchEvent(new Event('WeixinJSBridgeReady'))
    expect(await paying).toBe('ok')
  })
  it('fails where none ever comes', async () => {
    vi.useFakeTimers()
    const paying = payInPage(order, {}, new EventTarget())
    await vi.advanceTimersByTimeAsync(10_000)
    expect(await paying).toBe('fail')
  })
  it('opens the page that confirms a transfer, with its own three facts only', async () => {
    const bridge = saying('requestMerchantTransfer:ok')
    const told = { mchId: '1', appId: 'wx1', package: 'p', confirmUrl: null }
    expect(await confirmInPage(told, { WeixinJSBridge: bridge }, new EventTarget())).toBe('ok')
    expect(bridge.invoke.mock.calls[0]!.slice(0, 2)).toEqual(['requestMerchantTransfer', { mchId: '1', appId: 'wx1', package: 'p' }])
    expect(await confirmInPage(told, { WeixinJSBridge: saying('requestMerchantTransfer:fail, another appid') }, new EventTarget())).toBe('fail')
    expect([insideWeChat('… MicroMessenger/8.0.50 NetType/WIFI'), insideWeChat('Mozilla/5.0 Safari')]).toEqual([true, false])
  })
  it('reads what WeChat added to the address', () => {
    expect(cameWith('?code=c1&state=ab')).toEqual({ code: 'c1', state: 'ab' })
    expect([cameWith(''), cameWith('?code=c1'), cameWith('?store=coffee')]).toEqual([null, null, null])
  })
})
