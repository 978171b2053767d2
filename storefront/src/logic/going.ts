import type { CartStore, Chosen, Product, Sku, StoreCard } from '@/api/types'
import { basketOf, toSettle } from './cart'
import type { Held } from './flash'
import type { Settling } from '@/stores/checkout'

/** What to settle from the cart: the ticked lines that can be bought, store by store. */
export function fromCart(groups: CartStore[]): Settling[] {
  return groups
    .map((group) => ({ store: group.store, lines: basketOf(toSettle(group)), fromCart: true }))
    .filter((one) => one.lines.length)
}

/** What to settle when one thing is bought at once, past the cart. */
export function buyNow(store: StoreCard, sku: Sku, modifiers: Chosen[], quantity: number): Settling[] {
  return [{ store, lines: [{ key: 'now', sku_id: sku.id, modifiers, quantity }], fromCart: false }]
}

/** What to settle with a place in a flash sale: exactly the item and number that it holds. */
export function withPlace(store: StoreCard, held: Held, modifiers: Chosen[]): Settling[] {
  return [{ store, lines: [{ key: 'flash', sku_id: held.skuId, modifiers, quantity: held.quantity }], fromCart: false, flash: held }]
}

/**
 * After sign-in the guest's lines have moved into the buyer's own cart and may have other ids there: finds each again by
 * what it is. A line that is gone is left out.
 */
export function rematch(settling: Settling[], groups: CartStore[]): Settling[] {
  const same = (one: { sku_id: string; modifiers: Chosen[] }) =>
    one.sku_id + one.modifiers.map((mod) => `|${mod.group}=${mod.option}`).sort().join('')
  return settling
    .map((one) => {
      if (!one.fromCart) return one
      const lines = groups.find((group) => group.store.id === one.store.id)?.lines ?? []
      return { ...one, lines: basketOf(lines.filter((line) => one.lines.some((wanted) => same(wanted) === same(line)))) }
    })
    .filter((one) => one.lines.length)
}

export const pages = {
  menu: '/pages/menu/index',
  home: '/pages/home/index',
  cart: '/pages/cart/index',
  orders: '/pages/orders/index',
  product: (store: string, product: Product['id']) => `/pages/product/index?store=${store}&id=${product}`,
  search: (store: string, words = '') => `/find/search/index?store=${store}${words ? `&q=${encodeURIComponent(words)}` : ''}`,
  flash: (store: string) => `/find/flash/index?store=${store}`,
  order: (store: string, order: string) => `/settle/order/index?store=${store}&id=${order}`,
  askReturn: (store: string, order: string) => `/aftersale/apply/index?store=${store}&order=${order}`,
  return: (store: string, id: string) => `/aftersale/case/index?store=${store}&id=${id}`,
  returns: '/aftersale/list/index',
  points: (store: string) => `/account/points/index?store=${store}`,
  pay: (orders: { store: string; order: string }[], more = '') =>
    `/settle/pay/index?orders=${orders.map((one) => `${one.store}:${one.order}`).join(',')}${more}`,
  /** `also`: the other orders of the same payment; `rest`: what is still to be paid. */
  paid: (store: string, order: string, also: string, rest: string) =>
    `/settle/paid/index?store=${store}&id=${order}${also ? `&also=${also}` : ''}${rest ? `&rest=${rest}` : ''}`,
}
