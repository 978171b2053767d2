import { ref } from 'vue'
import type { Chosen, Product, ProductCard, Sku, StoreDetail } from '@/api/types'
import { haptic } from '@/ui/chrome'
import { useCart } from './cart'
import { useFlight, type TapEvent } from './flight'
import { useNotice } from './notice'

/** Putting things from a list into the cart: plain ones at once, with the picture flying; the others through the spec sheet. */
export function useAdding(store: () => StoreDetail | null) {
  const cart = useCart()
  const flight = useFlight()
  const notice = useNotice()
  const picked = ref<ProductCard | null>(null)
  const choosing = ref(false)
  const adding = ref(false)

  function add(card: ProductCard, event: unknown): void {
    const home = store()
    if (!card.simple_sku || !home) {
      picked.value = card
      choosing.value = true
      return
    }
    haptic()
    flight.launch(event as TapEvent, card.picture)
    cart.add({ store_id: home.id, sku_id: card.simple_sku, modifiers: [], quantity: 1 }).catch(notice.fail)
  }
  async function addChosen(what: { product: Product; sku: Sku; modifiers: Chosen[]; quantity: number }): Promise<void> {
    adding.value = true
    try {
      await cart.add({ store_id: what.product.store_id, sku_id: what.sku.id, modifiers: what.modifiers, quantity: what.quantity })
      haptic()
      choosing.value = false
    } catch (error) {
      notice.fail(error)
    } finally {
      adding.value = false
    }
  }
  return { picked, choosing, adding, add, addChosen }
}
