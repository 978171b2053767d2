import { computed, type WritableComputedRef } from 'vue'
import { type LocationQuery, useRoute, useRouter } from 'vue-router'

import { filtersToQuery } from './orderFilters'

/** Filters that live in the address: a reload, the back button and a copied link all keep them. */
export function useUrlFilters<T extends object>(read: (query: LocationQuery) => T): WritableComputedRef<T> {
  const route = useRoute()
  const router = useRouter()
  return computed({
    get: () => read(route.query),
    set: (filters) => void router.replace({ query: filtersToQuery(filters) }),
  })
}
