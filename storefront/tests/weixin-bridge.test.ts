import { afterEach, describe, expect, it, vi } from 'vitest'
import { cameWith, payInPage } from '@/logic/weixin-bridge'

const order = { appId: 'wx1', timeStamp: '1', nonceStr: 'n', package: 'prepay_id=p', signType: 'RSA', paySign: 's' }
const saying = (word: string) => ({
  invoke: vi.fn((_name: string, _order: typeof order, answer: (result: { err_msg?: string }) => void) => answer({ err_msg: word })),
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
  it('reads what WeChat added to the address', () => {
    expect(cameWith('?code=c1&state=ab')).toEqual({ code: 'c1', state: 'ab' })
    expect([cameWith(''), cameWith('?code=c1'), cameWith('?store=coffee')]).toEqual([null, null, null])
  })
})
