import { describe, expect, it } from 'vitest'

import {
  filtersToQuery,
  NO_ORDER_FILTERS,
  type OrderFilters,
  orderFiltersFromQuery,
  orderParameters,
  sameFilters,
} from '@/filters/orderFilters'
import { productFiltersFromQuery, stockFiltersFromQuery } from '@/filters/productFilters'

describe('order filters and the address', () => {
  it('come back as they went', () => {
    const filters: OrderFilters = { status: 'paid', method: 'pickup', presale: '1', refund: 'stuck', from: '2026-11-01', to: '2026-11-22', q: '1380013' }
    expect(orderFiltersFromQuery(filtersToQuery(filters))).toEqual(filters)
    expect(filtersToQuery(NO_ORDER_FILTERS)).toEqual({})
  })

  it('ignore what is unknown, misspelt or repeated', () => {
    expect(orderFiltersFromQuery({ status: 'stolen', method: ['pickup', 'express'], from: '2026-02-30', to: 'x', page: '3' })).toEqual({
      ...NO_ORDER_FILTERS,
      method: 'pickup',
    })
    expect(orderFiltersFromQuery({ q: 'x'.repeat(200) }).q).toHaveLength(64)
    expect(orderFiltersFromQuery({ status: null })).toEqual(NO_ORDER_FILTERS)
  })

  it('become parameters of the server', () => {
    expect(orderParameters(NO_ORDER_FILTERS)).toEqual({})
    expect(orderParameters({ ...NO_ORDER_FILTERS, status: 'paid', from: '2026-11-22', to: '2026-11-22' })).toEqual({
      status: ['paid'],
      from: '2026-11-22',
      to: '2026-11-22',
    })
  })

  it('know equal sets whatever the order of their keys', () => {
    expect(sameFilters({ q: 'a', status: '' }, { q: 'a' })).toBe(true)
    expect(sameFilters({ q: 'a' }, { q: 'b' })).toBe(false)
  })
})

it('reads product and stock filters', () => {
  expect(productFiltersFromQuery({ status: 'off', category: 'drop table', q: 'kf' })).toEqual({ status: 'off', category: '', q: 'kf' })
  expect(stockFiltersFromQuery({ low: 'yes', at: 'drop table' })).toEqual({ at: '', low: '', q: '' })
  expect(stockFiltersFromQuery({ low: '1', q: 'latte' })).toEqual({ at: '', low: '1', q: 'latte' })
})
