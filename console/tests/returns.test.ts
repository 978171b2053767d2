import { expect, it } from 'vitest'

import type { ReturnPolicy } from '@/api/types'
import { returnFiltersFromQuery, returnParameters } from '@/filters/returnFilters'
import { limitLeft } from '@/pages/returns/look'
import { rejudge } from '@/pages/returns/rejudge'

const POLICY: ReturnPolicy = {
  automatic: true, unsent: true, no_reason: true, exchange: true, claim_max: 5_000, return_max: 50_000, lost_max: 20_000, quality_days: 30, lost_after: 10,
  record_cases: 5, record_refused: 2, by_reason: {}, address: { recipient: '', phone: '', text: '' },
}
type Case = Parameters<typeof rejudge>[1]
const claim = (rule: Case['rule'], amount = 1_000, more: Partial<Case> = {}): Case => ({ kind: 'refund_only', reason: 'quality', rule, amount, ...more })

it('tries other rules on a case that came in', () => {
  expect(rejudge(POLICY, claim('too_large', 6_000))).toBe('person')
  expect(rejudge({ ...POLICY, claim_max: 6_000 }, claim('too_large', 6_000))).toBe('rule')
  expect(rejudge({ ...POLICY, return_max: 100 }, claim('faulty_return', 101, { kind: 'return_refund' }))).toBe('person')
  expect(rejudge({ ...POLICY, lost_max: 100 }, claim('lost_parcel', 101, { reason: 'not_received' }))).toBe('person')
  expect(rejudge({ ...POLICY, unsent: false }, claim('unsent'))).toBe('person')
  expect(rejudge({ ...POLICY, automatic: false }, claim('no_reason'))).toBe('person')
})

it('leaves alone what the settings do not touch', () => {
  for (const rule of ['record', 'pictures_needed', 'agreed', 'being_made'] as const) expect(rejudge({ ...POLICY, claim_max: 1_000_000 }, claim(rule))).toBe('person')
  for (const rule of ['excepted', 'window_over', 'still_travelling'] as const) expect(rejudge(POLICY, claim(rule))).toBe('rule')
  expect(rejudge(POLICY, claim(null))).toBeNull()
})

it('tries what is wanted of a reason', () => {
  expect(rejudge({ ...POLICY, by_reason: { quality: 'ask' } }, claim('small_claim'))).toBe('person')
  expect(rejudge({ ...POLICY, by_reason: { quality: 'approve' } }, claim('record'))).toBe('rule')
  expect(rejudge({ ...POLICY, by_reason: { damaged: 'approve' } }, claim('record'))).toBe('person')
  for (const rule of ['reason_asks', 'reason_approves'] as const) expect(rejudge(POLICY, claim(rule))).toBeNull()
})

it('keeps the filters of the queue in the address', () => {
  expect(returnFiltersFromQuery({})).toEqual({ state: 'waiting', kind: '', q: '' })
  expect(returnFiltersFromQuery({ state: 'nonsense', kind: 'exchange', q: 'R1' })).toEqual({ state: 'waiting', kind: 'exchange', q: 'R1' })
  expect(returnParameters({ state: 'waiting', kind: '', q: '' })).toEqual({ waiting: true })
  expect(returnParameters({ state: 'all', kind: 'exchange', q: 'x' })).toEqual({ kind: ['exchange'], q: 'x' })
  expect(returnParameters({ state: 'sent_back', kind: '', q: '' })).toEqual({ status: ['sent_back'] })
})

it('tells how long a limit still runs', () => {
  expect([limitLeft(-1), limitLeft(90_000), limitLeft(3 * 3_600_000), limitLeft(60 * 3_600_000)].map(({ key, n }) => `${key} ${n}`)).toEqual([
    'returns.left.over 0', 'returns.left.minutes 2', 'returns.left.hours 3', 'returns.left.days 2',
  ])
})
