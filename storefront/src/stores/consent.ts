import { defineStore } from 'pinia'
import { ref } from 'vue'
import { consent } from '@/api/buyer'
import { present } from '@/api/session'
import { getConfig } from '@/api/shop'
import type { ShopConfig } from '@/api/types'

const SHELF = 'zg.privacy'
/** A version that was agreed to and that the server does not know of yet. */
const OWED = 'zg.privacy.owed'
type Answer = (agreed: boolean) => void

/**
 * Privacy: nothing personal (phone, address, WeChat's own) is asked for before the buyer has read and agreed. On H5 our
 * sheet asks; in the mini-program WeChat decides when it is needed and our sheet is where it is answered
 * (base library ≥ 2.32.3: wx.onNeedPrivacyAuthorization, wx.requirePrivacyAuthorize).
 */
export const useConsent = defineStore('consent', () => {
  const open = ref(false)
  let waiting: Answer[] = []
  let config: Promise<ShopConfig> | null = null

  function shopConfig(): Promise<ShopConfig> {
    config ??= getConfig().catch((error) => { config = null; throw error })
    return config
  }

  function ask(answer: Answer): void {
    waiting.push(answer)
    open.value = true
  }

  async function answer(agreed: boolean): Promise<void> {
    open.value = false
    const asked = waiting
    waiting = []
    if (agreed) {
      const { privacy_version: version } = await shopConfig()
      uni.setStorageSync(SHELF, version)
      uni.setStorageSync(OWED, version)
      await report()
    }
    asked.forEach((tell) => tell(agreed))
  }

  /** Tells the server of a consent, as soon as there is a buyer to whom it belongs. */
  async function report(): Promise<void> {
    const version = uni.getStorageSync(OWED) as string
    if (!version || !present.held || present.held.customer.guest) return
    await consent(version)
    uni.removeStorageSync(OWED)
  }

  /** True when the buyer has agreed, now or before. */
  async function need(): Promise<boolean> {
    // #ifdef MP-WEIXIN
    const require = wx.requirePrivacyAuthorize
    if (require) {
      return new Promise((resolve) => {
        require({ success: () => resolve(true), fail: () => resolve(false) })
      })
    }
    // #endif
    const { privacy_version: version } = await shopConfig()
    if (uni.getStorageSync(SHELF) === version) return true
    return new Promise((resolve) => ask(resolve))
  }

  /** Lets WeChat call our sheet; once, at launch. */
  function listen(): void {
    // #ifdef MP-WEIXIN
    wx.onNeedPrivacyAuthorization?.((resolve) => {
      ask((agreed) => resolve(agreed ? { event: 'agree', buttonId: 'agree-privacy' } : { event: 'disagree' }))
    })
    // #endif
  }

  return { open, need, answer, listen, report, shopConfig }
})
