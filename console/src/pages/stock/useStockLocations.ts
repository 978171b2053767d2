import { useQuery } from '@tanstack/vue-query'
import { computed } from 'vue'

import { api, unwrap } from '@/api/client'
import { storeId } from '@/session/session'

/** Where the store keeps units: `all` of the open places, and the `others` besides the shop shelf. */
export function useStockLocations() {
  const store = storeId()
  const query = useQuery({
    queryKey: [store, 'stock-locations'],
    queryFn: () => unwrap(api.GET('/api/console/stores/{store_id}/stock/locations', { params: { path: { store_id: store } } })),
  })
  const all = computed(() => query.data.value?.items ?? [])
  return { query, all, others: computed(() => all.value.filter((one) => !one.main)) }
}
