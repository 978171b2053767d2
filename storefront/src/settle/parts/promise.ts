import { ref, watch, type Ref } from 'vue'
import { getPromise } from '@/api/buyer'
import type { Order } from '@/api/types'
import { reached } from '@/logic/progress'

/** A promise is written down a moment after the payment: an order just paid is asked about once more. */
const JUST_MS = 60_000
const AGAIN_MS = 1500

/** By when orders that wait for goods sold in advance were promised, by their ids; asked again with every new state of the orders. */
export function usePromises(orders: Ref<Order[]>): Ref<Record<string, string>> {
  const known = ref<Record<string, string>>({})
  let round = 0
  // Without an answer the page only says less.
  const ask = (one: Order) => getPromise(one.store.id, one.id).then((found) => found.ships_by, () => null)
  watch(orders, async (list) => {
    const mine = ++round
    const found: Record<string, string> = {}
    await Promise.all(list.filter((one) => reached(one) === 0 || reached(one) === 1).map(async (one) => {
      let by = await ask(one)
      if (!by && Math.abs(Date.now() - Date.parse(one.paid_at ?? '')) < JUST_MS) {
        await new Promise((resolve) => setTimeout(resolve, AGAIN_MS))
        if (mine === round) by = await ask(one)
      }
      if (by) found[one.id] = by
    }))
    if (mine === round) known.value = found
  })
  return known
}
