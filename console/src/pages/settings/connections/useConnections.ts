import { useMutation, useQuery, useQueryClient } from '@tanstack/vue-query'
import { MessagePlugin } from 'tdesign-vue-next'
import { computed, reactive, ref, watch } from 'vue'
import { useI18n } from 'vue-i18n'

import { api, unwrap } from '@/api/client'
import { fieldErrors } from '@/api/problem'
import type { ConnectionName, Connections } from '@/api/types'
import { storeId } from '@/session/session'

export const APPID = /^wx[0-9A-Za-z]{4,30}$/
const BASE = '/api/console/stores/{store_id}/connections' as const

export function useConnections() {
  const store = storeId()
  return useQuery({
    queryKey: [store, 'connections'],
    queryFn: () => unwrap(api.GET(BASE, { params: { path: { store_id: store } } })),
  })
}

/**
 * The form for the keys of one connection, filled anew whenever it opens; `problems` says what is wrong with what was typed.
 * New keys are kept if the platform accepts them (the server asks first), and what that proved is shown.
 */
export function useKeys<Form extends Record<string, string>>(
  which: ConnectionName,
  fresh: () => Form,
  problems: (form: Form) => Partial<Record<keyof Form, string>>,
  save: (store: string, form: Form) => Promise<Connections>,
) {
  const store = storeId()
  const queries = useQueryClient()
  const { t } = useI18n()
  const open = ref(false)
  const tried = ref(false)
  const form = reactive(fresh()) as Form
  const wrong = computed(() => (tried.value ? problems(form) : {}))
  const test = useMutation({
    mutationFn: () => unwrap(api.POST(`${BASE}/test/{which}`, { params: { path: { store_id: store, which } } })),
  })
  const keep = useMutation({
    mutationFn: () => save(store, form),
    onSuccess: (answer) => {
      queries.setQueryData([store, 'connections'], answer)
      void MessagePlugin.success(t('connections.saved'))
      open.value = false
      test.mutate()
    },
  })
  const errors = computed<Partial<Record<string, string>>>(() => ({ ...fieldErrors(keep.error.value), ...wrong.value }))
  function submit(): void {
    tried.value = true
    if (Object.keys(wrong.value).length === 0) keep.mutate()
  }
  watch(open, () => {
    tried.value = false
    keep.reset()
    Object.assign(form, fresh())
  })
  return { open, form, errors, submit, test, keep }
}
