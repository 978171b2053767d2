import { defineStore } from 'pinia'
import { computed, ref } from 'vue'
import { getStore, getStores, getTable } from '@/api/shop'
import type { DiningTable, StoreCard, StoreDetail } from '@/api/types'

const SHELF = 'zg.store'
/** A table is forgotten after this long (milliseconds): the guests have left. */
const SEATED_MS = 3 * 3600 * 1000

interface Seat extends DiningTable { slug: string; at: number }

/** The stores of this shop, the one the buyer is in, and the table they sit at. */
export const useShop = defineStore('shop', () => {
  const stores = ref<StoreCard[] | null>(null)
  const details = ref<Record<string, StoreDetail>>({})
  const slug = ref<string>((uni.getStorageSync(SHELF) as string) || '')
  const seat = ref<Seat | null>((uni.getStorageSync('zg.seat') as Seat) || null)
  const detail = computed<StoreDetail | null>(() => details.value[slug.value] ?? null)
  const table = computed(() => (seat.value && seat.value.slug === slug.value && Date.now() - seat.value.at < SEATED_MS ? seat.value : null))

  async function loadStores(): Promise<StoreCard[]> {
    stores.value = await getStores()
    return stores.value
  }

  async function loadDetail(of: string): Promise<StoreDetail> {
    const found = await getStore(of)
    details.value = { ...details.value, [of]: found }
    return found
  }

  /** Enters a store. */
  function enter(to: string): void {
    slug.value = to
    uni.setStorageSync(SHELF, to)
  }

  /** Sits down at a table; the code comes from a QR code or is typed. @throws ApiError 404 when there is no such table */
  async function sit(store: string, code: string): Promise<void> {
    const found = await getTable(store, code)
    seat.value = { ...found, slug: store, at: Date.now() }
    uni.setStorageSync('zg.seat', seat.value)
  }
  function rise(): void {
    seat.value = null
    uni.removeStorageSync('zg.seat')
  }

  /** The store to show when nobody said which: the last one if it still exists, else the first. */
  async function settle(): Promise<string> {
    const all = stores.value ?? (await loadStores())
    if (!all.some((store) => store.slug === slug.value) && all[0]) enter(all[0].slug)
    return slug.value
  }
  return { stores, details, slug, seat, detail, table, loadStores, loadDetail, enter, sit, rise, settle }
})
