import { describe, expect, it, vi } from 'vitest'
import type { FlashItem, FlashPlace, FlashSale, FlashTicket, StoreCard } from '@/api/types'
import { clockOffset, clockParts, foremost, heldMs, heldOf, offerOf, phaseOf, pollMs, seekPlace, turnMs } from '@/logic/flash'
import { withPlace } from '@/logic/going'
import { quoteRequest } from '@/logic/settling'
import { firstModifiers } from '@/logic/specs'

const at = (time: string) => Date.parse(`2026-11-22T${time}Z`)
const sale = (id: string, from: string, to: string) => ({ id, starts_at: `2026-11-22T${from}Z`, ends_at: `2026-11-22T${to}Z`, items: [{}] }) as unknown as FlashSale
const place: FlashPlace = { token: 't', sale_id: 's', sku_id: 'k', quantity: 2, price: 990, state: 'held', expires_at: '2026-11-22T08:05:00Z' }

describe('a sale’s time', () => {
  it('is the server’s: a phone that is an hour slow sees the same', () => {
    const phone = at('07:00:00')
    const offset = clockOffset('2026-11-22T08:00:00Z', phone)
    expect(phaseOf(sale('a', '07:59:00', '09:00:00'), phone + offset)).toBe('running')
    expect(heldMs(heldOf(place, offset), phone)).toBe(300_000)
    expect(heldMs(heldOf(place, offset), phone + 400_000)).toBe(0)
  })
  it('turns at the start and at the end', () => {
    const one = sale('a', '08:00:00', '09:00:00')
    expect([phaseOf(one, at('07:59:59')), phaseOf(one, at('08:00:00')), phaseOf(one, at('09:00:00'))]).toEqual(['coming', 'running', 'over'])
    expect([turnMs(one, at('07:59:59')), turnMs(one, at('08:59:00')), turnMs(one, at('10:00:00'))]).toEqual([1000, 60_000, 0])
  })
  it('is shown with days, hours, minutes and seconds', () => expect(clockParts(93_784_001)).toEqual({ days: 1, hours: '02', minutes: '03', seconds: '05' }))
  it('puts what runs before what comes', () => {
    const all = [sale('later', '12:00:00', '13:00:00'), sale('now', '08:00:00', '10:00:00'), sale('soon', '09:30:00', '10:00:00')]
    expect([foremost(all, at('09:00:00'))?.id, foremost(all, at('11:00:00'))?.id, foremost(all, at('14:00:00'))]).toEqual(['now', 'later', null])
  })
})

describe('the button of an item', () => {
  const item = (left: number) => ({ left }) as FlashItem
  it('says what can be done', () => {
    expect(offerOf(item(3), 'running', false, false)).toBe('ask')
    expect(offerOf(item(0), 'running', false, false)).toBe('soldOut')
    expect(offerOf(item(3), 'coming', false, false)).toBe('coming')
    expect(offerOf(item(0), 'running', false, true)).toBe('queued')
    expect(offerOf(item(0), 'over', true, false)).toBe('held')
  })
})

describe('asking for a place', () => {
  const queue = (tickets: FlashTicket[], asks: unknown[]) => ({
    ask: vi.fn(async () => asks.shift() as FlashPlace), read: vi.fn(async () => tickets.shift()!), waiting: vi.fn(), pause: vi.fn(async () => undefined), alive: () => true,
  })
  const ticket = { ticket: 'q', position: 900, wait_ms_estimate: 1200 }
  it('gets it at once when nobody waits', async () => {
    const way = queue([], [place])
    expect(await seekPlace(way)).toEqual({ place })
    expect(way.waiting).not.toHaveBeenCalled()
  })
  it('waits in the queue, saying how far it is', async () => {
    const way = queue([{ status: 'waiting', position: 300, wait_ms_estimate: 9000 }, { status: 'placed', place }], [ticket])
    expect(await seekPlace(way)).toEqual({ place })
    expect(way.waiting.mock.calls).toEqual([[900, 1200], [300, 9000]])
    expect(way.pause.mock.calls).toEqual([[1200], [3000]])
  })
  it('asks again when the ticket was lost with its process', async () => {
    const way = queue([{ status: 'again' }], [ticket, place])
    expect(await seekPlace(way)).toEqual({ place })
    expect(way.ask).toHaveBeenCalledTimes(2)
  })
  it('says why there is none', async () => {
    const refusal = { code: 'flash_sold_out', message: '手慢了' }
    expect(await seekPlace(queue([{ status: 'refused', refusal }], [ticket]))).toEqual({ refusal })
  })
  it('stops when the buyer has left', async () => {
    const way = { ...queue([], [ticket]), alive: () => false }
    expect(await seekPlace(way)).toBeNull()
    expect(way.read).not.toHaveBeenCalled()
  })
  it('asks neither too often nor too seldom', () => expect([pollMs(20), pollMs(60_000), pollMs(null)]).toEqual([500, 3000, 1000]))
})

describe('ordering with a place', () => {
  it('orders exactly what it holds, under its token', () => {
    const store = { id: 'store', slug: 's' } as StoreCard
    const [group] = withPlace(store, heldOf(place, 0), [])
    expect(group).toMatchObject({ fromCart: false, lines: [{ sku_id: 'k', quantity: 2 }], flash: { token: 't', price: 990 } })
    const asked = quoteRequest(store as never, group!.lines, { method: 'pickup', cutlery: 0, remark: '', phone: '', points: false }, null, '', group!.flash?.token)
    expect(asked.flash_token).toBe('t')
  })
  it('fills in what must be chosen', () => {
    const option = (code: string, standard = false) => ({ code, default: standard, price: 0, name: { zh: '', en: '' } })
    const groups = [{ code: 'size', min: 1, max: 1, options: [option('m'), option('l')] }, { code: 'milk', min: 1, max: 1, options: [option('cow'), option('oat', true)] }, { code: 'more', min: 0, max: 2, options: [option('x')] }]
    expect(firstModifiers(groups as never).map((one) => one.option).sort()).toEqual(['m', 'oat'])
  })
})
