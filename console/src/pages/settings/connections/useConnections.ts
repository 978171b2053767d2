import { useMutation, useQuery, useQueryClient } from '@tanstack/vue-query'
import { MessagePlugin } from 'tdesign-vue-next'
import { useI18n } from 'vue-i18n'

import { api, unwrap } from '@/api/client'
import type { ConnectionName, Connections } from '@/api/types'
import { storeId } from '@/session/session'

const BASE = '/api/console/stores/{store_id}/connections' as const

export function useConnections() {
  const store = storeId()
  return useQuery({
    queryKey: [store, 'connections'],
    queryFn: () => unwrap(api.GET(BASE, { params: { path: { store_id: store } } })),
  })
}

/** Keeps new keys if the platform accepts them (the server asks first), and shows what that proved. */
export function useKeys<T>(which: ConnectionName, save: (store: string, body: T) => Promise<Connections>) {
  const store = storeId()
  const queries = useQueryClient()
  const { t } = useI18n()
  const test = useMutation({
    mutationFn: () => unwrap(api.POST(`${BASE}/test/{which}`, { params: { path: { store_id: store, which } } })),
  })
  const keep = useMutation({
    mutationFn: (body: T) => save(store, body),
    onSuccess: (answer) => {
      queries.setQueryData([store, 'connections'], answer)
      void MessagePlugin.success(t('connections.saved'))
      test.mutate()
    },
  })
  return { test, keep }
}
