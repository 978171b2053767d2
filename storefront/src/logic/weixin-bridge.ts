import type { PaymentAttempt } from '@/api/types'

export type BridgeEnd = 'ok' | 'cancel' | 'fail'
type Order = NonNullable<NonNullable<PaymentAttempt['pay']>['jsapi']>
interface Bridge { invoke: (name: string, order: Order, answer: (result: { err_msg?: string }) => void) => void }
interface Host { WeixinJSBridge?: Bridge }

/** WeChat puts its bridge into a page some time after the page has begun (milliseconds that it may take). */
const BRIDGE_MS = 10_000

/** WeChat's own browser gives the bridge when it is ready; undefined when it never comes. */
function bridge(host: Host, page: EventTarget): Promise<Bridge | undefined> {
  if (host.WeixinJSBridge) return Promise.resolve(host.WeixinJSBridge)
  return new Promise((resolve) => {
    const late = setTimeout(() => resolve(undefined), BRIDGE_MS)
    page.addEventListener('WeixinJSBridgeReady', () => {
      clearTimeout(late)
      resolve(host.WeixinJSBridge)
    }, { once: true })
  })
}

/** Opens WeChat's cashier over the page. The answer is only a hint: whether it is paid says the server. */
export async function payInPage(order: Order, host: Host, page: EventTarget): Promise<BridgeEnd> {
  const found = await bridge(host, page)
  if (!found) return 'fail'
  return new Promise((resolve) => {
    found.invoke('getBrandWCPayRequest', order, (result) => {
      const end = (result.err_msg ?? '').replace('get_brand_wcpay_request:', '')
      resolve(end === 'ok' || end === 'cancel' ? end : 'fail')
    })
  })
}

/** code and state that WeChat added to the page's address; null when it did not. */
export function cameWith(search: string): { code: string; state: string } | null {
  const found = new URLSearchParams(search)
  const [code, state] = [found.get('code'), found.get('state')]
  return code && state ? { code, state } : null
}
