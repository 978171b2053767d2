import { useMutation, useQueryClient } from '@tanstack/vue-query'
import { MessagePlugin } from 'tdesign-vue-next'
import { useI18n } from 'vue-i18n'

import { api, unwrap } from '@/api/client'
import { storeId } from '@/session/session'

/** Has a refund that does not go on tried once more, by the refund's id; says at once whether it went through this time. */
export function useRefundRetry(order: () => string) {
  const { t } = useI18n()
  const store = storeId()
  const queries = useQueryClient()
  return useMutation({
    mutationFn: (id: string) =>
      unwrap(
        api.POST('/api/console/stores/{store_id}/orders/{order_id}/refunds/{refund_id}/retry', {
          params: { path: { store_id: store, order_id: order(), refund_id: id } },
        }),
      ),
    onSuccess: (found, id) => {
      queries.setQueryData([store, 'order', found.id], found)
      for (const kind of ['orders', 'returns', 'return', 'dashboard']) void queries.invalidateQueries({ queryKey: [store, kind] })
      if (found.refunds.find((refund) => refund.id === id)?.stuck) void MessagePlugin.warning(t('refundStuck.still'))
      else void MessagePlugin.success(t('refundStuck.retried'))
    },
  })
}
