// The order list's filters, as they stand in the address and as the server takes them.
import type { LocationQuery } from 'vue-router'

import type { DeliveryMethod, OrderStatus } from '@/api/types'
import { dayIn } from '@/time/zone'

export const STATUSES: readonly OrderStatus[] = [
  'pending_payment',
  'closing',
  'paid',
  'preparing',
  'fulfilled',
  'completed',
  'cancelled',
]
/** What a store offers. Goods without a body need nothing of it: their product says that they are virtual. */
export const STORE_METHODS = ['express', 'delivery', 'pickup', 'dine_in'] as const
export const METHODS: readonly DeliveryMethod[] = [...STORE_METHODS, 'virtual']

export interface OrderFilters {
  status: OrderStatus | ''
  method: DeliveryMethod | ''
  /** '1': only what was sold in advance. */
  presale: '1' | ''
  /** Only what has a refund that does not go on. */
  refund: 'stuck' | ''
  /** Days of the store, both included, "2026-11-22"; '' is open. */
  from: string
  to: string
  q: string
}

export const NO_ORDER_FILTERS: OrderFilters = { status: '', method: '', presale: '', refund: '', from: '', to: '', q: '' }

function one(value: LocationQuery[string] | undefined): string {
  const first = Array.isArray(value) ? value[0] : value
  return first ?? ''
}

function day(text: string): string {
  if (!/^\d{4}-\d{2}-\d{2}$/.test(text)) return ''
  const [year = 0, month = 0, date = 0] = text.split('-').map(Number)
  // A day that does not exist (02-30) turns into another one; such an address is not ours.
  return dayIn(Date.UTC(year, month - 1, date), 'UTC') === text ? text : ''
}

/** Reads the address; what is unknown or misspelt counts as not given. */
export function orderFiltersFromQuery(query: LocationQuery): OrderFilters {
  const status = one(query.status)
  const method = one(query.method)
  return {
    status: STATUSES.find((known) => known === status) ?? '',
    method: METHODS.find((known) => known === method) ?? '',
    presale: one(query.presale) === '1' ? '1' : '',
    refund: one(query.refund) === 'stuck' ? 'stuck' : '',
    from: day(one(query.from)),
    to: day(one(query.to)),
    q: one(query.q).slice(0, 64),
  }
}

/** The address for these filters: only what is set, always in the same order. */
export function filtersToQuery(filters: object): Record<string, string> {
  const query: Record<string, string> = {}
  for (const [key, value] of Object.entries(filters)) if (typeof value === 'string' && value !== '') query[key] = value
  return query
}

export interface OrderParameters {
  status?: string[]
  method?: string[]
  presale?: boolean
  refund_stuck?: boolean
  from?: string
  to?: string
  q?: string
}

/** The server's parameters. Days go as they are: they are days of the store, wherever the browser stands. */
export function orderParameters({ status, method, presale, refund, ...rest }: OrderFilters): OrderParameters {
  return { ...(status && { status: [status] }), ...(method && { method: [method] }), ...(presale && { presale: true }), ...(refund && { refund_stuck: true }), ...filtersToQuery(rest) }
}

/** Whether two sets of filters lead to the same list. */
export function sameFilters(one: object, other: object): boolean {
  return JSON.stringify(Object.entries(filtersToQuery(one)).sort()) === JSON.stringify(Object.entries(filtersToQuery(other)).sort())
}
