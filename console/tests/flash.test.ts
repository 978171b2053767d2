import { describe, expect, it } from 'vitest'

import { ProblemError } from '@/api/problem'
import type { FlashFigures } from '@/api/types'
import { emptyForm, type FlashForm, type FormItem, problemsOf, toInput } from '@/pages/flash/form'
import { bars, MOST_BARS } from '@/pages/flash/minutes'
import { countdown, phaseOf, soldPercent, waitingFor } from '@/pages/flash/phase'
import { shortOf } from '@/pages/flash/useFlashForm'

const ZONE = 'Asia/Shanghai'
const NOW = Date.parse('2026-11-22T04:20:00Z')

describe('the state of a flash sale', () => {
  const sale = { status: 'scheduled' as const, starts_at: '2026-11-22T05:00:00Z', ends_at: '2026-11-22T06:00:00Z' }
  it('follows the clock between start and end', () => {
    expect(phaseOf(sale, NOW)).toBe('coming')
    expect(phaseOf(sale, Date.parse(sale.starts_at))).toBe('running')
    expect(phaseOf(sale, Date.parse(sale.ends_at))).toBe('over')
    expect(phaseOf({ ...sale, status: 'cancelled' }, NOW)).toBe('cancelled')
    expect(phaseOf({ ...sale, status: 'draft' }, Date.parse(sale.ends_at))).toBe('draft')
    expect(waitingFor(sale, NOW)).toBe(40 * 60_000)
    expect(waitingFor({ ...sale, status: 'ended' }, NOW)).toBeNull()
  })
  it('counts down to zero and no further', () => {
    expect(countdown(250_000)).toEqual({ days: 0, clock: '00:04:10' })
    expect(countdown(1)).toEqual({ days: 0, clock: '00:00:01' })
    expect(countdown(-5)).toEqual({ days: 0, clock: '00:00:00' })
    expect(countdown(90_061_000)).toEqual({ days: 1, clock: '01:01:01' })
  })
  it('is sold out at 100 % only', () => {
    expect(soldPercent({ ordered: 199, units: 200 })).toBe(99)
    expect(soldPercent({ ordered: 0, units: 0 })).toBe(0)
  })
})

describe('the form of a flash sale', () => {
  const item: FormItem = {
    sku_id: 'a',
    sku_code: 'A',
    name: { zh: '拿铁', en: '' },
    spec_text: { zh: '', en: '' },
    picture: null,
    sku_price: 2800,
    price: 990,
    units: 20,
    per_buyer: 1,
    own: 0,
  }
  const good: FlashForm = { ...emptyForm(NOW, ZONE), name: { zh: ' 周末秒杀 ', en: '' }, items: [item] }
  const wrong = (part: Partial<FlashForm>, left = new Map([['a', 20]]), now = NOW) => problemsOf({ ...good, ...part }, now, ZONE, left)
  const withItem = (part: Partial<FormItem>) => ({ items: [{ ...item, ...part }] })

  it('starts empty, with times of the store that can be', () => {
    const empty = emptyForm(NOW, ZONE)
    expect([empty.starts, empty.ends]).toEqual(['2026-11-22 14:00', '2026-11-22 15:00'])
    const found = problemsOf(empty, NOW, ZONE, new Map())
    expect(Object.keys(found)).toEqual(['name.zh', 'items'])
    expect(Object.values(found).every((one) => one.missing)).toBe(true)
  })
  it('sends fen, seconds and UTC', () => {
    expect(wrong({})).toEqual({})
    expect(toInput({ ...good, payMinutes: 1.5 }, ZONE, 3)).toEqual({
      name: { zh: '周末秒杀', en: '' },
      starts_at: '2026-11-22T06:00:00.000Z',
      ends_at: '2026-11-22T07:00:00.000Z',
      reserve_seconds: 300,
      pay_seconds: 90,
      items: [{ sku_id: 'a', price: 990, stock_units: 20, per_buyer: 1 }],
      version: 3,
    })
    expect(toInput(good, ZONE, undefined)).not.toHaveProperty('version')
  })
  it('wants an end after the start and after now', () => {
    expect(wrong({ ends: good.starts }).ends_at?.key).toBe('flash.endBeforeStart')
    expect(wrong({}, undefined, Date.parse('2026-11-22T07:00:00Z')).ends_at?.key).toBe('flash.endPast')
    expect(wrong({ starts: 'soon' }).starts_at?.key).toBe('flash.timeMissing')
  })
  it('wants a price that is lower, and units that there are', () => {
    expect(wrong(withItem({ price: 2801 }))['items.0.price']?.key).toBe('flash.priceHigh')
    expect(wrong(withItem({ price: null }))['items.0.price']?.missing).toBe(true)
    expect(wrong(withItem({ units: 21 }))['items.0.stock_units']).toEqual({ key: 'flash.tooMany', values: { n: 20 } })
    // What this sale has set aside already it may use again.
    expect(wrong(withItem({ units: 21, own: 5 }))).toEqual({})
    expect(wrong(withItem({ units: 2.5 }))['items.0.stock_units']?.key).toBe('flash.wholeNumber')
    expect(wrong(withItem({ per_buyer: null }))['items.0.per_buyer']?.key).toBe('flash.wholeNumber')
  })
  it('keeps minutes to what the server takes', () => {
    expect(Object.keys(wrong({ orderMinutes: 0.4, payMinutes: 61 }))).toEqual(['reserve_seconds', 'pay_seconds'])
    expect(wrong({ orderMinutes: 0.5, payMinutes: 60 })).toEqual({})
  })
  it('reads what is left out of a refusal', () => {
    const refused = new ProblemError({ title: 'x', status: 409, detail: '', code: 'out_of_stock', data: [{ sku_id: 'a', available: 3 }] })
    expect([...shortOf(refused)]).toEqual([['a', 3]])
    expect(shortOf(new Error('x')).size).toBe(0)
  })
})

describe('figures by minute', () => {
  const minute = (at: string, places: number): FlashFigures['by_minute'][number] => ({ at, places, orders: 0, paid: 0, returned: 0 })
  it('show the minutes in which nothing happened', () => {
    const { step, bars: found } = bars([minute('2026-11-22T12:00:00Z', 5), minute('2026-11-22T12:03:00Z', 2)], 'places')
    expect(step).toBe(1)
    expect(found.map((bar) => bar.value)).toEqual([5, 0, 0, 2])
  })
  it('widen for a long sale and lose nothing', () => {
    const day = Array.from({ length: 1440 }, (_, at) => minute(new Date(Date.UTC(2026, 10, 22, 0, at)).toISOString(), 1))
    const { step, bars: found } = bars(day, 'places')
    expect(step).toBe(30)
    expect(found.length).toBeLessThanOrEqual(MOST_BARS)
    expect(found.reduce((sum, bar) => sum + bar.value, 0)).toBe(1440)
  })
  it('are none before anything happened', () => expect(bars([], 'paid')).toEqual({ step: 1, bars: [] }))
})
