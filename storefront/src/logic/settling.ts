import { mobile } from './address'
import type { Address, BasketLine, DeliveryMethod, PlaceOrder, Quote, QuoteRequest, StoreDetail } from '@/api/types'

/** What the buyer sets on the confirm page for one store. */
export interface Wishes { method: DeliveryMethod; cutlery: number; remark: string; phone: string; points: boolean }

export function needsAddress(method: DeliveryMethod): boolean {
  return method === 'express' || method === 'delivery'
}

/** Whether a number is all that is asked for: goods are fetched, or have no body. */
export function needsPhoneOnly(method: DeliveryMethod): boolean {
  return method === 'pickup' || method === 'virtual'
}

/** The method to begin with: the table one sits at, else what was used here last, else the store's first. */
export function firstMethod(store: StoreDetail, seated: boolean, last: string | undefined): DeliveryMethod {
  const offered = store.delivery_methods
  if (seated && offered.includes('dine_in')) return 'dine_in'
  const without = offered.filter((method) => method !== 'dine_in')
  return without.find((method) => method === last) ?? without[0] ?? offered[0] ?? 'pickup'
}

/** The address to begin with: the one in use, else the default, else the first. */
export function firstAddress(addresses: Address[], wanted: string): Address | null {
  return addresses.find((one) => one.id === wanted) ?? addresses.find((one) => one.is_default) ?? addresses[0] ?? null
}

export function quoteRequest(store: StoreDetail, lines: BasketLine[], wishes: Wishes, address: Address | null, table: string, flash?: string): QuoteRequest {
  const request: QuoteRequest = { store_id: store.id, lines, delivery_method: wishes.method, cutlery: wishes.cutlery, use_points: wishes.points }
  if (needsAddress(wishes.method) && address) request.address_id = address.id
  if (wishes.method === 'dine_in' && table) request.table_code = table
  if (flash) request.flash_token = flash
  return request
}

export function placeOrder(request: QuoteRequest, quote: Quote, wishes: Wishes, fromCart: boolean): PlaceOrder {
  const order: PlaceOrder = { ...request, expected_total: quote.total, expected_points: quote.points?.spent ?? 0, from_cart: fromCart, remark: wishes.remark.trim() }
  if (needsPhoneOnly(wishes.method) && mobile(wishes.phone)) order.contact = { phone: mobile(wishes.phone), name: '' }
  return order
}

/** Who collects, or gets it online, may leave a number, so that the store can call; what is typed must be one. */
export function phoneWrong(wishes: Wishes): boolean {
  return needsPhoneOnly(wishes.method) && wishes.phone.trim() !== '' && !mobile(wishes.phone)
}

const NOWHERE = ['address_location_needed', 'too_far', 'out_of_range', 'store_place_needed']

/** True where a bill has no line for bringing it: one collects it, or nobody can say yet, for want of an address that can be measured and is in reach. */
export function noShipping(method: DeliveryMethod, address: Address | null, quote: Pick<Quote, 'problems'>): boolean {
  return !needsAddress(method) || !address || quote.problems.some((problem) => NOWHERE.includes(problem.code))
}

/** What of a quote has to be shown as a bill; discounts with their reasons. Amounts in the minor unit, discounts positive and `off`. Postage is left out on wish. */
export function billRows(
  quote: Pick<Quote, 'items_total' | 'packing_fee' | 'shipping_fee' | 'tax'> & { adjustments?: Quote['adjustments']; discount_total: number },
  words: { items: string; packing: string; shipping: string; tax: string; discount: string },
  pick: (text: { zh: string; en: string }) => string,
  noShipping = false,
): { word: string; amount: number; off?: boolean }[] {
  const rows: { word: string; amount: number; off?: boolean }[] = [{ word: words.items, amount: quote.items_total }]
  if (quote.packing_fee) rows.push({ word: words.packing, amount: quote.packing_fee })
  if (!noShipping) rows.push({ word: words.shipping, amount: quote.shipping_fee })
  if (quote.tax) rows.push({ word: words.tax, amount: quote.tax })
  const reasons = (quote.adjustments ?? []).filter((one) => one.amount < 0)
  for (const reason of reasons) rows.push({ word: pick(reason.label), amount: -reason.amount, off: true })
  if (!reasons.length && quote.discount_total) rows.push({ word: words.discount, amount: quote.discount_total, off: true })
  return rows
}

/** The new quotes of a refusal for a changed price, whether it came with one or several. */
export function quotesOf(data: unknown): Quote[] {
  const list = Array.isArray(data) ? data : data ? [data] : []
  return list.filter((one): one is Quote => !!one && typeof one === 'object' && 'fingerprint' in one)
}

/** How these goods can be received when not as wished: the way to ask for instead, null when it is well or nothing is. */
export function betterMethod(wished: DeliveryMethod, quote: Pick<Quote, 'methods'>): DeliveryMethod | null {
  return quote.methods.includes(wished) ? null : (quote.methods[0] ?? null)
}
