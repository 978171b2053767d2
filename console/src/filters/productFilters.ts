import type { LocationQuery } from 'vue-router'

import type { ProductRow } from '@/api/types'

export const PRODUCT_STATUSES: readonly ProductRow['status'][] = ['on', 'off', 'draft']

export interface ProductFilters {
  status: ProductRow['status'] | ''
  category: string
  q: string
}

export const NO_PRODUCT_FILTERS: ProductFilters = { status: '', category: '', q: '' }

function one(value: LocationQuery[string] | undefined): string {
  const first = Array.isArray(value) ? value[0] : value
  return first ?? ''
}

/** Reads the address; what is unknown counts as not given. */
export function productFiltersFromQuery(query: LocationQuery): ProductFilters {
  const status = one(query.status)
  const category = one(query.category)
  return {
    status: PRODUCT_STATUSES.find((known) => known === status) ?? '',
    category: id(category),
    q: one(query.q).slice(0, 64),
  }
}

export interface StockFilters {
  /** Where; '' is the store's own shelf. */
  at: string
  low: '1' | ''
  q: string
}

export const NO_STOCK_FILTERS: StockFilters = { at: '', low: '', q: '' }

export function stockFiltersFromQuery(query: LocationQuery): StockFilters {
  return { at: id(one(query.at)), low: one(query.low) === '1' ? '1' : '', q: one(query.q).slice(0, 64) }
}

function id(text: string): string {
  return /^[0-9a-f-]{36}$/.test(text) ? text : ''
}
