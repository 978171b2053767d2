import { useMutation, useQuery, useQueryClient } from '@tanstack/vue-query'

import { api, unwrap } from '@/api/client'
import type { SearchSettings } from '@/api/types'
import { storeId } from '@/session/session'

const PATH = '/api/console/stores/{store_id}/search/settings' as const

/** The store's search settings as they are kept, and replacing them under the version they were read with. */
export function useSearchSettings() {
  const store = storeId()
  const queries = useQueryClient()
  const query = useQuery({
    queryKey: [store, 'search-settings'],
    queryFn: () => unwrap(api.GET(PATH, { params: { path: { store_id: store } } })),
  })
  const save = useMutation({
    mutationFn: (settings: SearchSettings) => unwrap(api.PUT(PATH, { params: { path: { store_id: store } }, body: settings })),
    onSuccess: (settings) => queries.setQueryData([store, 'search-settings'], settings),
    // Somebody else was faster: what is shown next is what they left.
    onError: () => queries.invalidateQueries({ queryKey: [store, 'search-settings'] }),
  })
  return { query, save }
}
