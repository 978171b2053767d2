// The after-sale queue's filters, as they stand in the address and as the server takes them.
import type { LocationQuery } from 'vue-router'

import type { ReturnRow, ReturnStatus } from '@/api/types'

export const RETURN_STATUSES: readonly ReturnStatus[] = [
  'requested', 'approved', 'sent_back', 'received', 'refunding', 'reshipped', 'appealed', 'rejected', 'refunded', 'completed', 'withdrawn', 'closed',
]
export const RETURN_KINDS: readonly ReturnRow['kind'][] = ['refund_only', 'return_refund', 'exchange']

export interface ReturnFilters {
  /** 'waiting' is what the merchant has to act on, the most urgent first; 'all' leaves nothing out. */
  state: ReturnStatus | 'waiting' | 'all'
  kind: ReturnRow['kind'] | ''
  q: string
}
export const NO_RETURN_FILTERS: ReturnFilters = { state: 'waiting', kind: '', q: '' }

export function returnFiltersFromQuery(query: LocationQuery): ReturnFilters {
  const text = (name: string): string => (typeof query[name] === 'string' ? query[name] : '')
  const state = text('state')
  return {
    state: state === 'all' ? 'all' : (RETURN_STATUSES.find((one) => one === state) ?? 'waiting'),
    kind: RETURN_KINDS.find((one) => one === text('kind')) ?? '',
    q: text('q').slice(0, 64),
  }
}

export interface ReturnParameters {
  status?: string[]
  kind?: string[]
  waiting?: boolean
  q?: string
}
export function returnParameters({ state, kind, q }: ReturnFilters): ReturnParameters {
  const which: ReturnParameters = state === 'waiting' ? { waiting: true } : state === 'all' ? {} : { status: [state] }
  return { ...which, ...(kind && { kind: [kind] }), ...(q && { q }) }
}
