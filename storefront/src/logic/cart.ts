import type { BasketLine, Cart, CartLine, CartStore, Fen, Uuid } from '@/api/types'

export const EMPTY_CART: Cart = { stores: [], count: 0, selected_count: 0, selected_total: 0 }

/** Whether a line can be bought as it stands. A changed price can: the quote shows it. */
export function buyable(line: CartLine): boolean {
  return line.flag === null || line.flag === 'price_changed'
}

/** The lines that would be settled: ticked and buyable. */
export function toSettle(group: CartStore): CartLine[] {
  return group.lines.filter((line) => line.selected && buyable(line))
}

/** Lines that can be bought first, the others after them, each in the order they were added. */
export function ordered(group: CartStore): CartLine[] {
  return [...group.lines.filter(buyable), ...group.lines.filter((line) => !buyable(line))]
}

export interface Tick { all: boolean; some: boolean; ids: Uuid[] }
/** The state of a "select all" box over lines; lines that cannot be bought do not count. */
export function tickOf(lines: CartLine[]): Tick {
  const able = lines.filter(buyable)
  const chosen = able.filter((line) => line.selected).length
  return { all: able.length > 0 && chosen === able.length, some: chosen > 0, ids: able.map((line) => line.id) }
}

export function basketOf(lines: CartLine[]): BasketLine[] {
  return lines.map((line) => ({ key: line.id, sku_id: line.sku_id, modifiers: line.modifiers, quantity: line.quantity }))
}

/** How many pieces of each product lie in a store's part of the cart. */
export function countByProduct(cart: Cart, store: Uuid): Map<Uuid, number> {
  const counts = new Map<Uuid, number>()
  for (const line of cart.stores.find((group) => group.store.id === store)?.lines ?? []) {
    counts.set(line.product_id, (counts.get(line.product_id) ?? 0) + line.quantity)
  }
  return counts
}

/** A copy of the cart with one line changed, for showing at once what the server will answer. */
export function withLine(cart: Cart, id: Uuid, change: { quantity?: number; selected?: boolean }): Cart {
  return recount(cart, (line) => (line.id === id ? { ...line, ...change } : line))
}

/** A copy without one line. */
export function withoutLine(cart: Cart, id: Uuid): Cart {
  return recount(cart, (line) => (line.id === id ? null : line))
}

/** A copy with several lines ticked or not. */
export function withTicks(cart: Cart, ids: Uuid[], selected: boolean): Cart {
  return recount(cart, (line) => (ids.includes(line.id) ? { ...line, selected } : line))
}

function recount(cart: Cart, change: (line: CartLine) => CartLine | null): Cart {
  const stores = cart.stores
    .map((group) => {
      const lines = group.lines
        .map(change)
        .filter((line): line is CartLine => line !== null)
        .map((line) => ({ ...line, amount: line.unit_price * line.quantity }))
      return { ...group, lines, selected_total: sumOf(lines.filter((line) => line.selected && buyable(line))) }
    })
    .filter((group) => group.lines.length)
  const lines = stores.flatMap((group) => group.lines)
  const chosen = lines.filter((line) => line.selected && buyable(line))
  return { stores, count: pieces(lines), selected_count: pieces(chosen), selected_total: sumOf(chosen) }
}

function sumOf(lines: CartLine[]): Fen {
  return lines.reduce((sum, line) => sum + line.amount, 0)
}

function pieces(lines: CartLine[]): number {
  return lines.reduce((sum, line) => sum + line.quantity, 0)
}
