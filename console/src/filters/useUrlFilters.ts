import { computed, type Ref, type WritableComputedRef } from 'vue'
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

/** `change` sets some of the filters and leaves the others as they are; `text` is what the search field holds. */
export function filterParts<T extends { q: string }>(
  filters: Ref<T>,
): { change: (part: Partial<T>) => void; text: WritableComputedRef<string> } {
  function change(part: Partial<T>): void {
    filters.value = { ...filters.value, ...part }
  }
  const text = computed({
    get: () => filters.value.q,
    set: (q: string) => {
      if (q !== filters.value.q) filters.value = { ...filters.value, q }
    },
  })
  return { change, text }
}
