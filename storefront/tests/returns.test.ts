import { describe, expect, it } from 'vitest'
import type { Returnable, ReturnableLine } from '@/api/types'
import { carrierOf, tidyWaybill, waybillFault } from '@/logic/carriers'
import { draftFault, linesAmount, linesFor, reasonsFor, refit, requestOf, stepsShown, timeLeft, type Draft } from '@/logic/returns'
import en from '@/i18n/returns-en'
import zh from '@/i18n/returns-zh'

const text = { zh: '字', en: 'word' }
const line = (id: string, more: Partial<ReturnableLine> = {}): ReturnableLine => ({
  order_line_id: id, sku_id: id, name: text, spec_text: text, picture: null, quantity: 2, available: 2, sent: 2, amounts: [333, 667], no_reason_until: null, exception: null, exception_text: null, exchange: [], ...more,
})
const found = (lines: ReturnableLine[]): Returnable => ({
  order_id: 'o', order_number: '1', currency: 'CNY', blocked: null, kinds: ['refund_only', 'return_refund', 'exchange'], lines,
  reasons: [
    { code: 'quality', name: text, kinds: ['refund_only', 'return_refund', 'exchange'], fault: 'seller', pictures: true },
    { code: 'no_reason', name: text, kinds: ['return_refund'], fault: 'buyer', pictures: false },
  ],
})
const empty: Draft = { kind: '', reason: '', lines: {}, text: '', uploads: [] }

describe('asking for a return', () => {
  it('offers for each kind only what fits it', () => {
    const here = found([line('a'), line('b', { sent: 0 }), line('c', { exchange: [{ sku_id: 'x', spec_text: text, available: 3 }] })])
    expect(linesFor('refund_only', here).map((one) => one.order_line_id)).toEqual(['a', 'b', 'c'])
    expect(linesFor('return_refund', here).map((one) => one.order_line_id)).toEqual(['a', 'c'])
    expect(linesFor('exchange', here).map((one) => one.order_line_id)).toEqual(['c'])
    expect(reasonsFor('refund_only', here).map((one) => one.code)).toEqual(['quality'])
  })
  it('chooses what leaves no choice', () => {
    const draft = refit({ ...empty, kind: 'exchange' }, found([line('a'), line('c', { exchange: [{ sku_id: 'x', spec_text: text, available: 3 }] })]))
    expect(draft).toMatchObject({ lines: { c: { quantity: 2, sku: 'x' } }, reason: 'quality' })
  })
  it('takes out what does not fit another kind', () => {
    const here = found([line('a', { sent: 0 }), line('b'), line('c')])
    const draft = refit({ ...empty, kind: 'return_refund', reason: 'no_reason', lines: { a: { quantity: 1, sku: null }, b: { quantity: 5, sku: null } } }, here)
    expect(draft.lines).toEqual({ b: { quantity: 2, sku: null } })
    expect(refit({ ...draft, kind: 'refund_only' }, here).reason).toBe('quality')
  })
  it('adds up what the server said for each number of units', () => {
    const draft: Draft = { ...empty, kind: 'return_refund', lines: { a: { quantity: 1, sku: null }, b: { quantity: 2, sku: null } } }
    expect(linesAmount(draft, found([line('a'), line('b')]))).toBe(333 + 667)
  })
  it('says the first thing that is missing, and nothing once all is there', () => {
    const here = found([line('a'), line('b')])
    const steps: Partial<Draft>[] = [{}, { kind: 'refund_only' }, { lines: { a: { quantity: 1, sku: null } } }, { reason: 'quality' }]
    let draft = empty
    expect(steps.map((step) => draftFault((draft = { ...draft, ...step }), here))).toEqual(['returns.fault.kind', 'returns.fault.lines', 'returns.fault.reason', ''])
    const upload = { key: 1, file: 'f', percent: 3, failed: false, picture: null }
    expect(draftFault({ ...draft, uploads: [upload] }, here)).toBe('returns.fault.uploading')
    expect(draftFault({ ...draft, uploads: [{ ...upload, failed: true }] }, here)).toBe('returns.fault.failed')
    expect(requestOf(draft, here)).toEqual({ kind: 'refund_only', reason: 'quality', lines: [{ order_line_id: 'a', quantity: 1 }], description: '', picture_ids: [] })
  })
})

describe('the progress', () => {
  it('is past, now and next', () => {
    const steps = [{ status: 'requested', at: '2026-11-22T00:00:00Z' }, { status: 'approved', at: '2026-11-22T01:00:00Z' }, { status: 'sent_back', at: null }] as const
    expect(stepsShown({ status: 'approved', steps: [...steps] }).map((one) => one.state)).toEqual(['past', 'now', 'next'])
  })
  it.each([[0, 'minutes'], [3_599_000, 'minutes'], [3_600_000, 'hours'], [86_400_000, 'days']])('%i ms left is told in %s', (ms, unit) => expect(timeLeft(ms).key).toBe(`returns.${unit}`))
})

describe('a waybill number', () => {
  it.each([['sf 1234567890123', 'SF'], ['YT1234567890123', 'YTO'], ['123456789012', ''], ['772345678901234', 'STO']])('%s belongs to "%s"', (typed, code) => expect(carrierOf(tidyWaybill(typed))).toBe(code))
  it('says what is wrong with it', () => {
    expect([waybillFault('12345'), waybillFault('SF12345678号'), waybillFault('SF1234567890123')]).toEqual(['returns.waybillShort', 'returns.waybillLetters', ''])
  })
})

it('says everything in both languages', () => {
  const keys = (of: object, at = ''): string[] => Object.entries(of).flatMap(([key, value]) => (typeof value === 'object' ? keys(value as object, `${at}${key}.`) : [at + key]))
  expect(keys(en)).toEqual(keys(zh))
})
