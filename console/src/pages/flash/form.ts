// The form of a flash sale: what it holds, what is wrong with it, what is sent. Times are the store's, as its clock shows them.
import type { FlashItem, FlashSale, FlashSaleInput, I18n, Picture } from '@/api/types'
import { momentOf, wallTime } from '@/time/zone'

export const MAX_ITEMS = 50
export const MAX_UNITS = 1_000_000
export const MAX_PER_BUYER = 999
export const MINUTES = { min: 0.5, max: 60 }

export interface FormItem {
  sku_id: string
  sku_code: string
  name: I18n
  spec_text: I18n
  picture: Picture | null
  /** The ordinary price in fen. */
  sku_price: number
  price: number | null
  units: number | null
  per_buyer: number | null
  /** Units already set aside for this sale, which it may use again. */
  own: number
}

export interface FlashForm {
  name: I18n
  starts: string
  ends: string
  orderMinutes: number | null
  payMinutes: number | null
  items: FormItem[]
}

/** A new sale: from the next full hour but one, for an hour. */
export function emptyForm(now: number, zone: string): FlashForm {
  const hour = 3_600_000
  const start = Math.ceil(now / hour) * hour + hour
  return {
    name: { zh: '', en: '' },
    starts: wallTime(start, zone),
    ends: wallTime(start + hour, zone),
    orderMinutes: 5,
    payMinutes: 5,
    items: [],
  }
}

function formItem(item: FlashItem): FormItem {
  const { sku_id, sku_code, name, spec_text, picture, sku_price, price, per_buyer, stock_units, units } = item
  return { sku_id, sku_code, name, spec_text, picture, sku_price, price, per_buyer, units: stock_units, own: units }
}

export function formOf(sale: FlashSale, zone: string): FlashForm {
  return {
    name: { ...sale.name },
    starts: wallTime(Date.parse(sale.starts_at), zone),
    ends: wallTime(Date.parse(sale.ends_at), zone),
    orderMinutes: sale.reserve_seconds / 60,
    payMinutes: sale.pay_seconds / 60,
    items: sale.items.map(formItem),
  }
}

export interface Wrong {
  key: string
  values?: Record<string, string | number>
  /** Only something missing: said when saving is tried, not while the form is still being filled in. */
  missing?: true
}

function whole(value: number | null, max: number): boolean {
  return value !== null && Number.isInteger(value) && value >= 1 && value <= max
}
function minutes(value: number | null): boolean {
  return value !== null && value >= MINUTES.min && value <= MINUTES.max
}

/** What is wrong, by field path as the server names them. `left` is what can be sold of a SKU now, without the sale's own units. */
export function problemsOf(form: FlashForm, now: number, zone: string, left: ReadonlyMap<string, number>): Record<string, Wrong> {
  const wrong: Record<string, Wrong> = {}
  if (!form.name.zh.trim()) wrong['name.zh'] = { key: 'flash.nameMissing', missing: true }
  const starts = momentOf(form.starts, zone)
  const ends = momentOf(form.ends, zone)
  if (starts === null) wrong.starts_at = { key: 'flash.timeMissing' }
  if (ends === null) wrong.ends_at = { key: 'flash.timeMissing' }
  else if (starts !== null && ends <= starts) wrong.ends_at = { key: 'flash.endBeforeStart' }
  else if (Date.parse(ends) <= now) wrong.ends_at = { key: 'flash.endPast' }
  if (!minutes(form.orderMinutes)) wrong.reserve_seconds = { key: 'flash.minutesWrong', values: MINUTES }
  if (!minutes(form.payMinutes)) wrong.pay_seconds = { key: 'flash.minutesWrong', values: MINUTES }
  if (form.items.length === 0) wrong.items = { key: 'flash.itemsMissing', missing: true }
  form.items.forEach((item, at) => {
    if (item.price === null) wrong[`items.${at}.price`] = { key: 'error.moneyRequired', missing: true }
    else if (item.price > item.sku_price) wrong[`items.${at}.price`] = { key: 'flash.priceHigh' }
    const free = left.get(item.sku_id)
    if (!whole(item.units, MAX_UNITS)) wrong[`items.${at}.stock_units`] = { key: 'flash.wholeNumber', values: { max: MAX_UNITS } }
    else if (free !== undefined && (item.units ?? 0) > free + item.own) {
      wrong[`items.${at}.stock_units`] = { key: 'flash.tooMany', values: { n: free + item.own } }
    }
    if (!whole(item.per_buyer, MAX_PER_BUYER)) wrong[`items.${at}.per_buyer`] = { key: 'flash.wholeNumber', values: { max: MAX_PER_BUYER } }
  })
  return wrong
}

/** What is sent; call it only for a form without problems. `version` is the one that was read, undefined for a new sale. */
export function toInput(form: FlashForm, zone: string, version: number | undefined): FlashSaleInput {
  return {
    name: { zh: form.name.zh.trim(), en: form.name.en.trim() },
    starts_at: momentOf(form.starts, zone) ?? '',
    ends_at: momentOf(form.ends, zone) ?? '',
    reserve_seconds: Math.round((form.orderMinutes ?? 0) * 60),
    pay_seconds: Math.round((form.payMinutes ?? 0) * 60),
    items: form.items.map((item) => ({
      sku_id: item.sku_id,
      price: item.price ?? 0,
      stock_units: item.units ?? 0,
      per_buyer: item.per_buyer ?? 0,
    })),
    ...(version === undefined ? {} : { version }),
  }
}
