import { useQuery } from '@tanstack/vue-query'
import { computed } from 'vue'

import { api, unwrap } from '@/api/client'
import { pick } from '@/i18n'
import { storeId } from '@/session/session'

import { type CategoryNode, categoryTree, flatten } from './tree'

interface TreeOption {
  label: string
  value: string
  children?: TreeOption[]
}

function options(nodes: readonly CategoryNode[]): TreeOption[] {
  return nodes.map(({ category, children }) => ({
    label: pick(category.name),
    value: category.id,
    ...(children.length > 0 ? { children: options(children) } : {}),
  }))
}

/** The store's categories as list, tree, and what a tree select takes. */
export function useCategories() {
  const store = storeId()
  const query = useQuery({
    queryKey: [store, 'categories'],
    queryFn: () => unwrap(api.GET('/api/console/stores/{store_id}/categories', { params: { path: { store_id: store } } })),
  })
  const tree = computed(() => categoryTree(query.data.value?.items ?? []))
  return {
    query,
    tree,
    rows: computed(() => flatten(tree.value)),
    options: computed(() => options(tree.value)),
    nameOf: (id: string) => pick(query.data.value?.items.find((item) => item.id === id)?.name),
  }
}
