import { defineStore } from 'pinia'
import { ref } from 'vue'
import type { Held } from '@/logic/flash'
import type { BasketLine, StoreCard, Uuid } from '@/api/types'

/** `flash`: the place in a flash sale that the lines are bought with. */
export interface Settling { store: StoreCard; lines: BasketLine[]; fromCart: boolean; flash?: Held }
const SHELF = 'zg.settling'

/** What the buyer is about to order, store by store; survives a reload of the page. */
export const useCheckout = defineStore('checkout', () => {
  const groups = ref<Settling[]>((uni.getStorageSync(SHELF) as Settling[]) || [])
  const addressId = ref<Uuid>('')

  function begin(what: Settling[]): void {
    groups.value = what
    uni.setStorageSync(SHELF, what)
  }
  function end(): void {
    groups.value = []
    uni.removeStorageSync(SHELF)
  }
  return { groups, addressId, begin, end }
})
