import { reactive } from 'vue'
import type { Client } from './client'
import type { Customer, Session } from './types'

interface Held { access: string; refresh: string; expiresAt: number; customer: Customer }
const SHELF = 'zg.session'

/** Who is here: read by pages, written only by `keep` and `forget`. */
export const present = reactive<{ held: Held | null }>({ held: (uni.getStorageSync(SHELF) as Held) || null })

export function tokens(): Held | null {
  return present.held
}

export function keep(session: Session): void {
  present.held = {
    access: session.access_token,
    refresh: session.refresh_token,
    expiresAt: Date.now() + session.expires_in * 1000,
    customer: session.customer,
  }
  uni.setStorageSync(SHELF, present.held)
}

export function keepCustomer(customer: Customer): void {
  if (!present.held) return
  present.held = { ...present.held, customer }
  uni.setStorageSync(SHELF, present.held)
}

export function forget(): void {
  present.held = null
  uni.removeStorageSync(SHELF)
}

// #ifdef MP-WEIXIN
/** WeChat's own sign-in: no screen, no question. A code works once and for five minutes. */
export async function signInWithWechat(api: Client): Promise<void> {
  const { code } = await new Promise<{ code: string }>((resolve, reject) => {
    uni.login({ provider: 'weixin', success: resolve, fail: reject })
  })
  const { appId } = uni.getAccountInfoSync().miniProgram
  keep(await api.post<Session>('/session/wechat', { code, appid: appId }, { who: 'maybe' }))
}
// #endif

/** Makes a session without asking anybody: WeChat's in the mini-program, a guest's on H5. */
export async function begin(api: Client): Promise<void> {
  // #ifdef MP-WEIXIN
  await signInWithWechat(api)
  // #endif
  // #ifndef MP-WEIXIN
  keep(await api.post<Session>('/session/guest', {}))
  // #endif
}
