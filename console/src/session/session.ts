// Who is signed in and which store they look at. One per page, hence a module and not a component.
import { computed, reactive, readonly } from 'vue'

import { api, unwrap } from '@/api/client'
import { ProblemError } from '@/api/problem'
import type { StaffSession, StaffStore } from '@/api/types'
import { browserZone } from '@/time/zone'

const STORE_KEY = 'zg.console.store'

const state = reactive({
  session: null as StaffSession | null,
  loaded: false,
  storeId: null as string | null,
})

function adopt(session: StaffSession | null): void {
  state.session = session
  state.loaded = true
  const stores = session?.stores ?? []
  const wanted = localStorage.getItem(STORE_KEY)
  state.storeId = (stores.find((store) => store.id === wanted) ?? stores[0])?.id ?? null
}

export const session = readonly(state)

export const store = computed<StaffStore | null>(
  () => state.session?.stores.find((one) => one.id === state.storeId) ?? null,
)

/** The clock every page goes by: the store's, and before one is chosen the browser's. */
export const timezone = computed(() => store.value?.timezone ?? browserZone())

export const currency = computed(() => store.value?.currency ?? 'CNY')

/** The store every page works on. Pages are shown only with one, so a missing one is a mistake in the program. */
export function storeId(): string {
  if (state.storeId === null) throw new Error('no store chosen')
  return state.storeId
}

/** Asks the server once who is signed in; nobody is an answer, not an error. */
export async function loadSession(): Promise<void> {
  if (state.loaded) return
  try {
    adopt(await unwrap(api.GET('/api/console/session')))
  } catch (error) {
    if (!(error instanceof ProblemError) || error.status !== 401) throw error
    adopt(null)
  }
}

export async function signIn(login: string, password: string): Promise<StaffSession> {
  const answer = await unwrap(api.POST('/api/console/session', { body: { login, password } }))
  adopt(answer)
  return answer
}

export async function changePassword(oldPassword: string, newPassword: string): Promise<void> {
  adopt(
    await unwrap(
      api.POST('/api/console/session/password', { body: { old_password: oldPassword, new_password: newPassword } }),
    ),
  )
}

export async function signOut(): Promise<void> {
  await unwrap(api.DELETE('/api/console/session'))
  adopt(null)
}

/** Forgets the session here, when the server has said that it is gone. */
export function forget(): void {
  adopt(null)
}

export function chooseStore(id: string): void {
  state.storeId = id
  localStorage.setItem(STORE_KEY, id)
}

/** Whether the signed-in person may do this in the chosen store; the server decides, this only hides what it would refuse. */
export function may(permission: string): boolean {
  const granted = store.value?.permissions ?? []
  return granted.includes('*') || granted.includes(permission)
}
