import { defineStore } from 'pinia'
import { ref } from 'vue'
import type { StoreDetail } from '@/api/types'
import { bandAt, bandsOf, direction, distanceM, kilometres, reachM, type Place } from '@/logic/place'
import { pick, t } from '@/i18n'
import { money } from '@/logic/money'
import { useShop } from './shop'

/** A store that delivers by distance and says where it is. */
export type Deliverer = StoreDetail & { delivery: NonNullable<StoreDetail['delivery']>; lat: number; lng: number }

export function isDeliverer(store: StoreDetail | null | undefined): store is Deliverer {
  return !!store && !!store.delivery && store.lat !== null && store.lng !== null
}

/** Where a place lies, seen from a store, in words: how far, which way, and what bringing it there costs. */
export function seenFrom(store: Deliverer, place: Place): { far: string; way: string; fee: string; within: boolean; band: number } {
  const metres = distanceM(store as Place, place)
  const band = bandAt(store.delivery, metres)
  const amount = band < 0 ? 0 : bandsOf(store.delivery)[band]!.fee
  return {
    far: metres < 1000 ? t('place.metres', { n: metres }) : t('place.kilometres', { n: kilometres(metres) }),
    way: metres < 30 ? '' : t(`place.way${direction(store as Place, place)}`),
    fee: band < 0 ? t('place.beyond', { n: kilometres(reachM(store.delivery)) }) : amount ? t('place.fee', { fee: money(amount, store.currency, true) }) : t('place.free'),
    within: band >= 0,
    band,
  }
}

/** Hands a place from the page that sets it to the form that asked for it. */
export const usePlace = defineStore('place', () => {
  /** What the form knows so far, for the page to begin with. */
  const start = ref<Place | null>(null)
  /** What was set; the form takes it when it is shown again. */
  const set = ref<Place | null>(null)

  function take(): Place | null {
    const taken = set.value
    set.value = null
    return taken
  }

  /** The store to measure from: the one asked for, else the one the buyer is in, else the first that delivers. */
  async function deliverer(wanted = ''): Promise<Deliverer | null> {
    const shop = useShop()
    const slugs = [wanted, shop.slug, ...(shop.stores ?? (await shop.loadStores())).map((store) => store.slug)]
    for (const slug of new Set(slugs.filter(Boolean))) {
      const detail = shop.details[slug] ?? (await shop.loadDetail(slug))
      if (isDeliverer(detail)) return detail
    }
    return null
  }
  return { start, set, take, deliverer }
})

/** The store's name for a sentence about it. */
export const nameOf = (store: StoreDetail) => pick(store.name)
