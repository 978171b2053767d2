import { subscribe } from '@/api/buyer'
import { useConsent } from './consent'

/**
 * Asks, right after paying (one of the two moments the platform allows), whether WeChat may tell the buyer when the order
 * is ready or on its way. One consent is one message. Declining costs nothing and is never asked about twice in a row.
 */
export async function askForMessages(store: string): Promise<void> {
  // #ifdef MP-WEIXIN
  const config = await useConsent().shopConfig()
  const wanted = config.message_templates.filter((one) => one.store_id === store).map((one) => one.template_id).slice(0, 3)
  const request = wx.requestSubscribeMessage
  if (!wanted.length || !request) return
  const answer = await new Promise<Record<string, string>>((resolve) => {
    request({ tmplIds: wanted, success: (given) => resolve(given as Record<string, string>), fail: () => resolve({}) })
  })
  const accepted = wanted.filter((id) => answer[id] === 'accept')
  if (accepted.length) await subscribe(store, accepted)
  // #endif
  // #ifndef MP-WEIXIN
  void [store, subscribe, useConsent] // H5 has no such messages
  // #endif
}
