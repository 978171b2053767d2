import { useMutation, useQuery, useQueryClient } from '@tanstack/vue-query'
import { computed, ref, watch } from 'vue'

import { api, OnceKey, unwrap } from '@/api/client'
import { fieldErrors, ProblemError } from '@/api/problem'
import type { FlashSale } from '@/api/types'
import { storeId, timezone } from '@/session/session'
import { useNow } from '@/time/useNow'

import { emptyForm, type FlashForm, formOf, problemsOf, toInput } from './form'

const BASE = '/api/console/stores/{store_id}/flash' as const
const ONE = '/api/console/stores/{store_id}/flash/{sale_id}' as const

/** What the server says is left of SKUs, by id, when it refuses a sale for want of stock. */
export function shortOf(error: unknown): Map<string, number> {
  const data = error instanceof ProblemError && error.code === 'out_of_stock' ? error.problem.data : null
  return new Map((Array.isArray(data) ? (data as { sku_id: string; available: number }[]) : []).map((one) => [one.sku_id, one.available]))
}

/** One flash sale being edited (or made, when `id` is undefined): its form, what is wrong with it, saving, scheduling, calling off. */
export function useFlashForm(id: () => string | undefined) {
  const store = storeId()
  const queries = useQueryClient()
  const now = useNow(1000)
  const form = ref<FlashForm>(emptyForm(now.value, timezone.value))
  const left = ref(new Map<string, number>())
  const baseline = ref(JSON.stringify(form.value))
  const tried = ref(false)

  const query = useQuery({
    queryKey: computed(() => [store, 'flash-sale', id() ?? 'new']),
    queryFn: () => unwrap(api.GET(ONE, { params: { path: { store_id: store, sale_id: id() ?? '' } } })),
    enabled: computed(() => id() !== undefined),
    staleTime: Infinity,
    gcTime: 0,
    refetchOnWindowFocus: false,
  })
  const dirty = computed(() => JSON.stringify(form.value) !== baseline.value)
  const version = ref<number>()
  function adopt(sale: FlashSale): void {
    version.value = sale.version
    form.value = formOf(sale, timezone.value)
    baseline.value = JSON.stringify(form.value)
    tried.value = false
  }
  // What is being edited must not change under the hands: the version stays the one that was read, and a stale save is refused.
  watch(query.data, (sale) => sale && !dirty.value && adopt(sale), { immediate: true })

  function keep(sale: FlashSale): void {
    queries.setQueryData([store, 'flash-sale', sale.id], sale)
    adopt(sale)
    for (const kind of ['flash', 'stock', 'flash-stock', 'movements']) void queries.invalidateQueries({ queryKey: [store, kind] })
  }
  const once = new OnceKey()
  const save = useMutation({
    mutationFn: (): Promise<FlashSale> => {
      const wanted = id()
      const body = toInput(form.value, timezone.value, version.value)
      return wanted === undefined
        ? unwrap(api.POST(BASE, { params: { path: { store_id: store }, header: once.header }, body }))
        : unwrap(api.PUT(ONE, { params: { path: { store_id: store, sale_id: wanted } }, body }))
    },
    onSuccess: (sale) => {
      once.renew()
      keep(sale)
    },
  })
  const schedule = useMutation({
    mutationFn: (sale: string) => unwrap(api.POST(`${ONE}/schedule`, { params: { path: { store_id: store, sale_id: sale } } })),
    onSuccess: keep,
  })
  const cancel = useMutation({
    mutationFn: (sale: string) => unwrap(api.POST(`${ONE}/cancel`, { params: { path: { store_id: store, sale_id: sale } } })),
    onSuccess: keep,
  })
  const error = computed(() => save.error.value ?? schedule.error.value ?? cancel.error.value)

  return {
    form,
    left,
    now,
    tried,
    query,
    save,
    schedule,
    cancel,
    error,
    server: computed(() => fieldErrors(error.value)),
    problems: computed(() => problemsOf(form.value, now.value, timezone.value, left.value)),
    dirty,
    clear: () => {
      save.reset()
      schedule.reset()
      cancel.reset()
    },
    /** Fetches the latest version and drops what was typed. */
    reload: async () => {
      save.reset()
      const { data } = await query.refetch()
      if (data) adopt(data)
    },
  }
}
