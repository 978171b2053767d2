import { defineStore } from 'pinia'
import { ref } from 'vue'
import { heldMs, type Held } from '@/logic/flash'

const SHELF = 'zg.flash'

/** The places in flash sales that this device holds, by SKU; survives a reload, forgotten when they run out. */
export const useFlash = defineStore('flash', () => {
  const places = ref<Record<string, Held>>((uni.getStorageSync(SHELF) as Record<string, Held>) || {})

  function write(next: Record<string, Held>): void {
    const now = Date.now()
    places.value = Object.fromEntries(Object.entries(next).filter(([, held]) => heldMs(held, now) > 0))
    uni.setStorageSync(SHELF, places.value)
  }
  const hold = (place: Held): void => write({ ...places.value, [place.saleId + place.skuId]: place })
  /** The place was ordered with, or is lost. */
  const drop = (token: string): void => write(Object.fromEntries(Object.entries(places.value).filter(([, held]) => held.token !== token)))
  const of = (sale: string, sku: string): Held | null => places.value[sale + sku] ?? null
  return { places, hold, drop, of }
})
