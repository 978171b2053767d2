import { defineStore } from 'pinia'
import { ref } from 'vue'
import { addLine, changeLine, getCart, removeLine, selectLines } from '@/api/buyer'
import { present } from '@/api/session'
import type { Cart, CartLine, Chosen, Uuid } from '@/api/types'
import { EMPTY_CART, withLine, withoutLine, withTicks } from '@/logic/cart'

/** Index of the cart in the tab bar. */
const TAB = 2

/**
 * The cart as the server knows it. A change shows at once and is put right by the server's answer; writes go out one
 * after the other, so that answers cannot overtake each other.
 */
export const useCart = defineStore('cart', () => {
  const cart = ref<Cart>(EMPTY_CART)
  const known = ref(false)
  let queue: Promise<unknown> = Promise.resolve()
  let waiting = 0

  function badge(): void {
    const { count } = cart.value
    if (count) uni.setTabBarBadge({ index: TAB, text: count > 99 ? '99+' : String(count), fail: () => undefined })
    else uni.removeTabBarBadge({ index: TAB, fail: () => undefined })
  }

  function show(next: Cart): void {
    cart.value = next
    known.value = true
    badge()
  }

  function write(send: () => Promise<Cart>): Promise<Cart> {
    waiting++
    const mine = queue.then(send).then(
      (answer) => {
        // With more writes under way their guesses are newer than this answer.
        if (--waiting === 0) show(answer)
        return answer
      },
      async (error) => {
        waiting--
        if (present.held) show(await getCart())
        throw error
      },
    )
    queue = mine.catch(() => undefined) // the caller of `write` gets the error; the next write must still go out
    return mine
  }

  /** Reads the cart. Somebody who never came here has none, and gets no session for looking. */
  async function load(): Promise<void> {
    if (!present.held) show(EMPTY_CART)
    else {
      await queue
      const answer = await getCart()
      if (!waiting) show(answer)
    }
  }

  const add = (line: { store_id: Uuid; sku_id: Uuid; modifiers: Chosen[]; quantity: number }) => write(() => addLine(line))

  function setQuantity(line: CartLine, quantity: number): Promise<Cart> {
    if (quantity < 1) return remove(line)
    show(withLine(cart.value, line.id, { quantity }))
    return write(() => changeLine(line.id, { quantity }))
  }
  function tick(ids: Uuid[], selected: boolean): Promise<Cart> {
    show(withTicks(cart.value, ids, selected))
    return write(() => selectLines(ids, selected))
  }
  function remove(line: CartLine): Promise<Cart> {
    show(withoutLine(cart.value, line.id))
    return write(() => removeLine(line.id))
  }
  return { cart, known, load, show, add, setQuantity, tick, remove, badge }
})
