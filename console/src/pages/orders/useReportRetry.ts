import { useMutation, useQueryClient } from '@tanstack/vue-query'
import { MessagePlugin } from 'tdesign-vue-next'
import { useI18n } from 'vue-i18n'

import { api, unwrap } from '@/api/client'
import type { Order } from '@/api/types'
import { may, storeId } from '@/session/session'

/** Whether another try can help, and this person may ask for it: what was told is not told again. */
export function retryable(state: Order['shipping_report']['state']): boolean {
  return ['failed', 'waiting', 'unneeded'].includes(state) && may('orders.work')
}

function useRetrying() {
  const { t } = useI18n()
  const store = storeId()
  const queries = useQueryClient()
  const asked = (): void => {
    for (const kind of ['shipping-reports', 'dashboard', 'order']) void queries.invalidateQueries({ queryKey: [store, kind] })
    void MessagePlugin.success(t('reports.retried'))
  }
  return { store, asked }
}

/** Has an order's shipping told to the platform once more, by the order's id. */
export function useReportRetry() {
  const { store, asked } = useRetrying()
  return useMutation({
    mutationFn: (id: string) =>
      unwrap(api.POST('/api/console/stores/{store_id}/shipping-reports/{order_id}/retry', { params: { path: { store_id: store, order_id: id } } })),
    onSuccess: asked,
  })
}

/** Has a pre-sale order's promise declared to the platform once more, by the order's id. */
export function useDeclarationRetry() {
  const { store, asked } = useRetrying()
  return useMutation({
    mutationFn: (id: string) =>
      unwrap(api.POST('/api/console/stores/{store_id}/orders/{order_id}/presale/retry', { params: { path: { store_id: store, order_id: id } } })),
    onSuccess: asked,
  })
}

/** Has everything told once more that the platform refused. */
export function useRetryAll() {
  const { store, asked } = useRetrying()
  return useMutation({
    mutationFn: () => unwrap(api.POST('/api/console/stores/{store_id}/shipping-reports/retry', { params: { path: { store_id: store } } })),
    onSuccess: asked,
  })
}
