import { cancelOrder, receiveOrder, reorder } from '@/api/buyer'
import type { OrderAction, Uuid } from '@/api/types'
import { t } from '@/i18n'
import { pages } from '@/logic/going'
import { useCart } from './cart'

/** Asks in the platform's own dialog. */
export function sure(title: string, text: string, yes: string): Promise<boolean> {
  return new Promise((resolve) => {
    uni.showModal({
      title, content: text, confirmText: yes, cancelText: t('common.no'), success: (answer) => resolve(answer.confirm), fail: () => resolve(false),
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
      if (!(await sure(t('order.receiveTitle'), t('order.receiveText'), t('order.action.receive')))) return false
      await receiveOrder(store, order.id)
      return true
    case 'reorder':
      useCart().show(await reorder(store, order.id))
      uni.switchTab({ url: pages.cart })
      return false
  }
}
