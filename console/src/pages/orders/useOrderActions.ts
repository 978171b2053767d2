import { useMutation, useQueryClient } from '@tanstack/vue-query'
import { MessagePlugin } from 'tdesign-vue-next'
import { useI18n } from 'vue-i18n'

import { api, unwrap } from '@/api/client'
import type { MerchantAction, Order } from '@/api/types'
import { may, storeId } from '@/session/session'

/** What one action needs besides the order. */
export type ActionRequest =
  | { action: 'prepare' | 'ready' | 'out_for_delivery' | 'deliver' | 'complete' }
  | { action: 'ship'; carrier: string; waybill: string; lines?: { order_line_id: string; quantity: number }[] }
  | { action: 'hand_over'; code?: string }
  | { action: 'hand_out'; text: string }
  | { action: 'cancel_rest'; lines: { order_line_id: string; quantity: number }[]; reason: string; restock: boolean; notify: boolean; key: string }
  | { action: 'cancel'; reason: string; restock: boolean; notify: boolean; key: string }

/** Actions that ask something first; the others act at once. */
export const ASKING: readonly MerchantAction[] = ['ship', 'hand_over', 'hand_out', 'cancel', 'cancel_rest']

/** Hides what the server would refuse this person anyway. */
export function permitted(action: MerchantAction, paid: boolean): boolean {
  return may(action === 'cancel_rest' || (action === 'cancel' && paid) ? 'orders.refund' : 'orders.work')
}

async function send(store: string, id: string, request: ActionRequest): Promise<Order> {
  const params = { path: { store_id: store, order_id: id } }
  const base = '/api/console/stores/{store_id}/orders/{order_id}' as const
  switch (request.action) {
    case 'prepare':
      return unwrap(api.POST(`${base}/prepare`, { params }))
    case 'ready':
      return unwrap(api.POST(`${base}/ready`, { params }))
    case 'out_for_delivery':
      return unwrap(api.POST(`${base}/out-for-delivery`, { params }))
    case 'deliver':
      return unwrap(api.POST(`${base}/deliver`, { params }))
    case 'complete':
      return unwrap(api.POST(`${base}/complete`, { params }))
    case 'ship': {
      const { carrier, waybill, lines } = request
      return unwrap(api.POST(`${base}/ship`, { params, body: { carrier, waybill, ...(lines ? { lines } : {}) } }))
    }
    case 'hand_over':
      return unwrap(api.POST(`${base}/hand-over`, { params, body: request.code ? { code: request.code } : {} }))
    case 'hand_out':
      return unwrap(api.POST(`${base}/hand-out`, { params, body: { text: request.text } }))
    case 'cancel_rest': {
      const { lines, reason, restock, notify, key } = request
      const units = lines.map((line) => ({ ...line, restock: restock ? ('shelf' as const) : null }))
      await unwrap(api.POST(`${base}/refunds`, { params: { ...params, header: { 'Idempotency-Key': key } }, body: { lines: units, unsent: true, fees: false, reason, notify } }))
      return unwrap(api.GET(base, { params }))
    }
    case 'cancel': {
      const { reason, restock, notify, key } = request
      return unwrap(
        api.POST(`${base}/cancel`, {
          params: { ...params, header: { 'Idempotency-Key': key } },
          body: { reason, restock, notify },
        }),
      )
    }
  }
}

/** Acts on one order and puts the answer where every list and page finds it. */
export function useOrderAction(id: () => string) {
  const store = storeId()
  const queries = useQueryClient()
  const { t } = useI18n()
  return useMutation({
    mutationFn: (request: ActionRequest) => send(store, id(), request),
    onSuccess: (order, request) => {
      queries.setQueryData([store, 'order', order.id], order)
      void queries.invalidateQueries({ queryKey: [store, 'orders'] })
      void queries.invalidateQueries({ queryKey: [store, 'dashboard'] })
      void MessagePlugin.success(t('act.done', { action: t(`act.${request.action}`) }))
    },
  })
}
