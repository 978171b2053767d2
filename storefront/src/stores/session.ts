import { defineStore } from 'pinia'
import { computed } from 'vue'
import { api } from '@/api'
import { signInWithPhone, signOut } from '@/api/buyer'
import { forget, keep, present } from '@/api/session'
// #ifdef MP-WEIXIN
import { signInWithWechat } from '@/api/session'
// #endif
import { useCart } from './cart'
import { useConsent } from './consent'

/** Who the buyer is. */
export const useSession = defineStore('session', () => {
  const customer = computed(() => present.held?.customer ?? null)
  const buyer = computed(() => !!customer.value && !customer.value.guest)

  /** Makes sure that a buyer is signed in. In the mini-program that needs no screen; on H5 it opens the sign-in page, which goes on to `next` (or back). */
  async function need(next = ''): Promise<boolean> {
    if (buyer.value) return true
    // #ifdef MP-WEIXIN
    await signInWithWechat(api)
    return true
    // #endif
    // #ifndef MP-WEIXIN
    uni.navigateTo({ url: `/account/sign-in/index?next=${encodeURIComponent(next)}` })
    return false
    // #endif
  }

  async function withPhone(phone: string, code: string): Promise<void> {
    keep(await signInWithPhone(phone, code))
    await useConsent().report()
    await useCart().load()
  }

  async function leave(): Promise<void> {
    const refresh = present.held?.refresh
    if (refresh) await signOut(refresh)
    forget()
    await useCart().load()
  }
  return { customer, buyer, need, withPhone, leave }
})
