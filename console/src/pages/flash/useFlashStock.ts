import { useQuery } from '@tanstack/vue-query'
import { computed } from 'vue'

import { api, unwrap } from '@/api/client'
import { storeId } from '@/session/session'

/** What can be sold now of each of these SKUs, by id; asked for by code, which is what the stock list looks into. */
export function useFlashStock(items: () => readonly { sku_id: string; sku_code: string }[]) {
  const store = storeId()
  return useQuery({
    queryKey: computed(() => [store, 'flash-stock', items().map((item) => item.sku_code).sort()]),
    queryFn: async () => {
      const found = new Map<string, number>()
      const pages = items().map((item) =>
        unwrap(api.GET('/api/console/stores/{store_id}/stock', { params: { path: { store_id: store }, query: { q: item.sku_code } } })),
      )
      for (const page of await Promise.all(pages)) for (const row of page.items) found.set(row.sku_id, row.available)
      return found
    },
    enabled: computed(() => items().length > 0),
    placeholderData: (before: Map<string, number> | undefined) => before,
  })
}
