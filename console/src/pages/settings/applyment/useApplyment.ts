import { useMutation, useQuery, useQueryClient } from '@tanstack/vue-query'
import { computed, inject, type InjectionKey, reactive } from 'vue'

import { api, fileBody, unwrap } from '@/api/client'
import { fieldErrors } from '@/api/problem'
import type { Applyment, ApplymentField, ApplymentPicture } from '@/api/types'
import { storeId } from '@/session/session'

const BASE = '/api/console/stores/{store_id}/applyment' as const
const OPEN = new Set<Applyment['state']>(['submitting', 'checking', 'account_need_verify', 'auditing', 'need_sign', 'frozen'])
const PERSONAL = new Set<ApplymentField>(['legal_name', 'id_number', 'id_address', 'account_number', 'phone', 'email'])
/** Sending takes a moment, a review days. */
const SENDING_MS = 1000
const ASK_MS = 5000

/**
 * The application: every field is saved when it is left, and what is personal comes back masked, so that its input is empty
 * and says what is kept. What the server or the platform found wrong stands beside a field until it is changed.
 */
export function useApplyment() {
  const store = storeId()
  const path = { params: { path: { store_id: store } } }
  const queries = useQueryClient()
  const key = [store, 'applyment']
  const typed = reactive(new Map<ApplymentField, string>())
  const mended = reactive(new Set<string>())

  const query = useQuery({
    queryKey: key,
    queryFn: () => unwrap(api.GET(BASE, path)),
    refetchInterval: ({ state }) => (!state.data || !OPEN.has(state.data.state) ? false : state.data.state === 'submitting' ? SENDING_MS : ASK_MS),
  })
  const take = (answer: Applyment) => queries.setQueryData(key, answer)
  const form = computed(() => query.data.value?.form)

  const save = useMutation({
    mutationFn: (change: Partial<Applyment['form']>) => unwrap(api.PUT(BASE, { ...path, body: change })),
    onSuccess: (answer, change) => {
      for (const field of Object.keys(change) as ApplymentField[]) {
        if (typed.get(field) === change[field]) typed.delete(field)
        mended.add(field)
      }
      take(answer)
    },
  })
  const upload = useMutation({
    mutationFn: ({ kind, file }: { kind: ApplymentPicture; file: File }) =>
      unwrap(api.PUT(`${BASE}/pictures/{kind}`, { params: { path: { store_id: store, kind } }, ...fileBody(file) })),
    onSuccess: (answer, { kind }) => {
      mended.add(kind)
      take(answer)
    },
  })
  const submit = useMutation({
    mutationFn: (account: string) => unwrap(api.POST(`${BASE}/submit`, { ...path, body: { account_id: account } })),
    onSettled: () => mended.clear(),
    onSuccess: take,
  })
  const check = useMutation({
    mutationFn: () => unwrap(api.POST(`${BASE}/check`, path)),
    onSuccess: () => setTimeout(() => void query.refetch(), 1000),
  })
  const clear = useMutation({
    mutationFn: () => unwrap(api.DELETE(BASE, path)),
    onSuccess: () => {
      typed.clear()
      submit.reset()
      return query.refetch()
    },
  })

  const errors = computed<Partial<Record<string, string>>>(() => {
    const said: Record<string, string> = {}
    for (const reason of query.data.value?.reasons ?? []) if (reason.field) said[reason.field] ??= reason.text
    Object.assign(said, fieldErrors(submit.error.value))
    return Object.fromEntries(Object.entries(said).filter(([field]) => !mended.has(field)))
  })

  return {
    query,
    form,
    save,
    upload,
    submit,
    check,
    clear,
    errors,
    open: computed(() => query.data.value !== undefined && OPEN.has(query.data.value.state)),
    editable: computed(() => query.data.value !== undefined && ['none', 'draft', 'rejected', 'canceled'].includes(query.data.value.state)),
    personal: (field: ApplymentField) => PERSONAL.has(field),
    value: (field: ApplymentField) => typed.get(field) ?? (PERSONAL.has(field) ? '' : String(form.value?.[field] ?? '')),
    type: (field: ApplymentField, text: string) => typed.set(field, text),
    leave: (field: ApplymentField) => {
      const text = typed.get(field)
      if (text !== undefined && (text !== '' || !PERSONAL.has(field))) save.mutate({ [field]: text })
    },
    choose: (change: Partial<Applyment['form']>) => save.mutate(change),
    settle: async () => {
      const left = Object.fromEntries([...typed].filter(([, text]) => text !== ''))
      if (Object.keys(left).length > 0) await save.mutateAsync(left)
    },
  }
}

export const APPLYMENT: InjectionKey<ReturnType<typeof useApplyment>> = Symbol('applyment')

/** The application of the page around a part of it. */
export function theApplyment(): ReturnType<typeof useApplyment> {
  const it = inject(APPLYMENT)
  if (!it) throw new Error('no application around this')
  return it
}
