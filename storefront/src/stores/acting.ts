import { cancelOrder, receiveOrder, reorder } from '@/api/buyer'
// #ifdef MP-WEIXIN
import { confirmReceipt, getOrder } from '@/api/buyer'
import { confirmAtPlatform } from '@/logic/receipt'
// #endif
import type { OrderAction, Uuid } from '@/api/types'
import { t } from '@/i18n'
import { pages } from '@/logic/going'
import { useCart } from './cart'
import { usePrefs } from './prefs'

/** Asks in the platform's own dialog, or only tells where there is nothing to refuse; its answer in the house's colour. */
export function sure(title: string, text: string, yes: string, showCancel = true): Promise<boolean> {
  return new Promise((resolve) => {
    uni.showModal({
      title, content: text, confirmText: yes, cancelText: t('common.no'), showCancel, confirmColor: usePrefs().colours.seal, success: (answer) => resolve(answer.confirm), fail: () => resolve(false),
    })
  })
}

/**
 * Does what the buyer pressed on an order. True when the order may have changed and should be read again.
 * @throws ApiError
 */
export async function act(action: OrderAction, order: { id: Uuid; store: { id: Uuid }; status: string }): Promise<boolean> {
  const store = order.store.id
  switch (action) {
    case 'pay':
      uni.navigateTo({ url: pages.pay([{ store, order: order.id }]) })
      return false
    case 'cancel':
      if (!(await sure(t('order.cancelTitle'), t(order.status === 'pending_payment' ? 'order.cancelUnpaid' : 'order.cancelPaid'), t('order.cancelYes')))) return false
      await cancelOrder(store, order.id, t('order.cancelReason'))
      return true
    case 'receive':
      // #ifdef MP-WEIXIN
      {
        const ended = await receiveAtPlatform(store, order.id)
        if (ended !== 'absent') return ended === 'success'
      }
      // #endif
      if (!(await sure(t('order.receiveTitle'), t('order.receiveText'), t('order.action.receive')))) return false
      await receiveOrder(store, order.id)
      return true
    case 'reorder':
      useCart().show(await reorder(store, order.id))
      uni.switchTab({ url: pages.cart })
      return false
  }
}

// #ifdef MP-WEIXIN
/** Where the platform knows the shipping its own component asks the buyer; `absent`: we ask ourselves. */
async function receiveAtPlatform(store: Uuid, order: Uuid): Promise<'success' | 'cancel' | 'absent'> {
  const { receipt } = await getOrder(store, order)
  if (!receipt) return 'absent'
  const end = await confirmAtPlatform(receipt)
  if (end === 'absent' || end === 'fail') return 'absent'
  if (end === 'cancel') return 'cancel'
  await confirmReceipt(store, order)
  return 'success'
}
// #endif
