import type { LocationQuery } from 'vue-router'

import type { LedgerEntry } from '@/api/types'
import type { Tone } from '@/pages/orders/tones'

type Kind = LedgerEntry['kind']

export const KINDS: Kind[] = [
  'payment',
  'late_payment',
  'fee',
  'fee_returned',
  'fee_billed',
  'refund',
  'refund_paid',
  'refund_dropped',
  'split',
  'split_paid',
  'split_returned',
  'subsidy',
  'subsidy_paid',
  'subsidy_returned',
  'coupon_refund',
  'discount',
  'discount_returned',
  'withdrawal',
  'adjustment',
  'commission',
  'commission_returned',
]

export const PHASE_TONES: Record<LedgerEntry['phase'], Tone> = { posted: 'good', pending: 'warn', settled: 'info', voided: 'calm' }

export interface EntryFilters {
  account: string
  order: string
  kind: Kind | ''
}

const ID = /^[0-9a-f-]{36}$/

/** What the address asks for; anything that cannot be is left out. */
export function entryFiltersFromQuery(query: LocationQuery): EntryFilters {
  const id = (value: unknown): string => (typeof value === 'string' && ID.test(value) ? value : '')
  return { account: id(query.account), order: id(query.order), kind: KINDS.find((kind) => kind === query.kind) ?? '' }
}
