import { useMutation, useQuery, useQueryClient } from '@tanstack/vue-query'
import { computed, ref, watch } from 'vue'

import { api, unwrap } from '@/api/client'
import { fieldErrors } from '@/api/problem'
import type { Settings } from '@/api/types'
import { storeId } from '@/session/session'

/** The store's settings as a form: what was read, what is typed, and saving it under its version. */
export function useSettings() {
  const store = storeId()
  const queries = useQueryClient()
  const form = ref<Settings | null>(null)
  const baseline = ref('')

  const query = useQuery({
    queryKey: [store, 'settings'],
    queryFn: () => unwrap(api.GET('/api/console/stores/{store_id}/settings', { params: { path: { store_id: store } } })),
    // What is being edited must not change under the hands; a stale save is refused by its version.
    staleTime: Infinity,
    refetchOnWindowFocus: false,
  })
  function adopt(settings: Settings): void {
    form.value = JSON.parse(JSON.stringify(settings)) as Settings
    baseline.value = JSON.stringify(form.value)
  }
  const dirty = computed(() => form.value !== null && JSON.stringify(form.value) !== baseline.value)
  // A live connection that comes back asks for everything anew: that must not overwrite what is being typed.
  watch(query.data, (settings) => settings && !dirty.value && adopt(settings), { immediate: true })

  const save = useMutation({
    mutationFn: (settings: Settings) =>
      unwrap(api.PUT('/api/console/stores/{store_id}/settings', { params: { path: { store_id: store } }, body: settings })),
    onSuccess: (settings) => {
      queries.setQueryData([store, 'settings'], settings)
      adopt(settings)
      void queries.invalidateQueries({ queryKey: [store, 'counter'] })
    },
  })

  return {
    form,
    query,
    save,
    server: computed(() => fieldErrors(save.error.value)),
    dirty,
    reload: async () => {
      save.reset()
      const { data } = await query.refetch()
      if (data) adopt(data)
    },
  }
}
