import { useQuery } from '@tanstack/vue-query'
import { computed } from 'vue'

import { api, unwrap } from '@/api/client'
import { may, session } from '@/session/session'

/** How many cases wait for the merchant, for the badge and the dashboard; live through the store's connection. */
export function useWaitingReturns() {
  const store = computed(() => session.storeId ?? '')
  const query = useQuery({
    queryKey: computed(() => [store.value, 'returns', 'waiting-count']),
    queryFn: () =>
      unwrap(api.GET('/api/console/stores/{store_id}/returns', { params: { path: { store_id: store.value }, query: { waiting: true, limit: 1 } } })),
    enabled: computed(() => store.value !== '' && may('orders.read')),
  })
  return computed(() => query.data.value?.counts.waiting ?? 0)
}
