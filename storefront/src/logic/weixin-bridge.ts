import type { MerchantTransfer, PaymentAttempt } from '@/api/types'

export type BridgeEnd = 'ok' | 'cancel' | 'fail'
type Order = NonNullable<NonNullable<PaymentAttempt['pay']>['jsapi']>
interface Bridge { invoke: (name: string, told: object, answer: (result: { err_msg?: string }) => void) => void }
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

/** Opens a page of WeChat's over ours. How it ended is only a hint: what became of the money says the server. */
async function open(name: string, told: object, host: Host, page: EventTarget): Promise<BridgeEnd> {
  const found = await bridge(host, page)
  if (!found) return 'fail'
  return new Promise((resolve) => {
    found.invoke(name, told, (result) => {
      const end = (result.err_msg ?? '').replace(/^\w+:/, '')
      resolve(end === 'ok' || end === 'cancel' ? end : 'fail')
    })
  })
}

/** WeChat's cashier. */
export function payInPage(order: Order, host: Host, page: EventTarget): Promise<BridgeEnd> {
  return open('getBrandWCPayRequest', order, host, page)
}

/** The page on which a person confirms a transfer; it fails where the transfer belongs to another app than this page. */
export function confirmInPage({ mchId, appId, package: packageInfo }: MerchantTransfer, host: Host, page: EventTarget): Promise<BridgeEnd> {
  return open('requestMerchantTransfer', { mchId, appId, package: packageInfo }, host, page)
}

/** A page in WeChat's own browser. */
export function insideWeChat(agent: string): boolean {
  return /MicroMessenger/i.test(agent)
}

/** code and state that WeChat added to the page's address; null when it did not. */
export function cameWith(search: string): { code: string; state: string } | null {
  const found = new URLSearchParams(search)
  const [code, state] = [found.get('code'), found.get('state')]
  return code && state ? { code, state } : null
}
