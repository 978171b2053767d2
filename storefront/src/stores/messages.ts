import { subscribe } from '@/api/buyer'
import type { ShopConfig } from '@/api/types'
import { useConsent } from './consent'

type MessageEvent = ShopConfig['message_templates'][number]['event']
/** What a buyer wants to hear of: of an order that was paid, and of a return that was asked for. */
export const OF_ORDER: MessageEvent[] = ['paid', 'ready', 'shipped']
export const OF_RETURN: MessageEvent[] = ['return_approved', 'return_rejected', 'refunded']

/**
 * Asks, right after paying or at a tap (the moments the platform allows), whether WeChat may tell the buyer of these events.
 * One consent is one message. Declining costs nothing and is never asked about twice in a row.
 */
export async function askForMessages(store: string, events: MessageEvent[]): Promise<void> {
  // #ifdef MP-WEIXIN
  const config = await useConsent().shopConfig()
  const wanted = config.message_templates.filter((one) => one.store_id === store && events.includes(one.event)).map((one) => one.template_id)
  const request = wx.requestSubscribeMessage
  if (!wanted.length || !request) return
  const answer = await new Promise<Record<string, string>>((resolve) => {
    request({ tmplIds: wanted, success: (given) => resolve(given as Record<string, string>), fail: () => resolve({}) })
  })
  const accepted = wanted.filter((id) => answer[id] === 'accept')
  if (accepted.length) await subscribe(store, accepted)
  // #endif
  // #ifndef MP-WEIXIN
  void [store, events, subscribe, useConsent] // H5 has no such messages
  // #endif
}
