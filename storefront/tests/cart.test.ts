import { describe, expect, it } from 'vitest'
import type { Cart, CartLine, StoreCard } from '@/api/types'
import { countByProduct, tickOf, toSettle, withLine, withoutLine, withTicks } from '@/logic/cart'
import { fromCart, rematch } from '@/logic/going'

const store = (id: string) => ({ id, slug: id }) as unknown as StoreCard
const line = (id: string, extra: Partial<CartLine> = {}): CartLine => ({
  id, sku_id: `sku-${id}`, product_id: `p-${id}`, modifiers: [], quantity: 1, selected: true, unit_price: 1000, added_unit_price: 1000, amount: 1000,
  flag: null, available: 9, limit: null, picture: null, name: { zh: id, en: id }, spec_text: { zh: '', en: '' }, modifiers_text: { zh: '', en: '' }, ...extra,
})
const cart: Cart = {
  stores: [
    { store: store('coffee'), lines: [line('a'), line('b', { flag: 'sold_out' }), line('c', { selected: false })], selected_total: 1000 },
    { store: store('goods'), lines: [line('d', { flag: 'price_changed', quantity: 2, amount: 2000 })], selected_total: 2000 },
  ],
  count: 5, selected_count: 3, selected_total: 3000,
}

describe('the cart by store', () => {
  it('settles what is ticked and can be bought, store by store', () => {
    expect(toSettle(cart.stores[0]!).map((one) => one.id)).toEqual(['a'])
    expect(fromCart(cart.stores).map((one) => [one.store.id, one.lines.map((each) => each.key)])).toEqual([['coffee', ['a']], ['goods', ['d']]])
  })
  it('ticks all without the lines that cannot be bought', () => {
    expect(tickOf(cart.stores[0]!.lines)).toEqual({ all: false, some: true, ids: ['a', 'c'] })
    expect(tickOf(withTicks(cart, ['c'], true).stores[0]!.lines).all).toBe(true)
  })
  it('shows at once what the server will answer', () => {
    const more = withLine(cart, 'a', { quantity: 3 })
    expect([more.count, more.selected_count, more.selected_total]).toEqual([7, 5, 5000])
    const less = withoutLine(cart, 'd')
    expect([less.stores.length, less.selected_total]).toEqual([1, 1000])
  })
  it('counts pieces by product', () => {
    expect(countByProduct(cart, 'goods').get('p-d')).toBe(2)
  })
  it('finds a guest’s lines again after sign-in, by what they are', () => {
    const before = fromCart(cart.stores)
    const merged = [{ store: store('coffee'), lines: [line('z', { sku_id: 'sku-a', quantity: 4 }), line('y')], selected_total: 0 }]
    expect(rematch(before, merged)).toMatchObject([{ lines: [{ key: 'z', quantity: 4 }] }])
  })
})
