import { describe, expect, it } from 'vitest'

import { clocksDiffer, dayIn, momentOf, wallTime } from '@/time/zone'

describe("a store's clock", () => {
  it('shows a moment as the wall there does', () => {
    expect(wallTime(Date.parse('2026-11-22T16:30:00Z'), 'Asia/Shanghai')).toBe('2026-11-23 00:30')
    expect(wallTime(Date.parse('2026-11-22T16:30:09Z'), 'America/New_York', true)).toBe('2026-11-22 11:30:09')
  })
  it.each([
    ['2026-11-22 20:00', 'Asia/Shanghai', '2026-11-22T12:00:00.000Z'],
    ['2026-11-22 20:00', 'Asia/Kathmandu', '2026-11-22T14:15:00.000Z'],
    ['2026-07-01 09:00', 'Europe/London', '2026-07-01T08:00:00.000Z'],
    // The night the clocks go back shows 01:30 twice: the first of them.
    ['2026-10-25 01:30', 'Europe/London', '2026-10-25T00:30:00.000Z'],
    // The night they go forward has no 01:30: as far after the jump.
    ['2026-03-29 01:30', 'Europe/London', '2026-03-29T01:30:00.000Z'],
  ])('knows when %s is in %s', (text, zone, moment) => expect(momentOf(text, zone)).toBe(moment))
  it('goes there and back', () => {
    for (const zone of ['Asia/Shanghai', 'America/St_Johns', 'Pacific/Auckland', 'UTC']) {
      for (let at = Date.UTC(2026, 0, 1, 0, 7); at < Date.UTC(2027, 0, 1); at += 37 * 3_600_000) {
        expect(wallTime(Date.parse(momentOf(wallTime(at, zone), zone) ?? ''), zone)).toBe(wallTime(at, zone))
      }
    }
  })
  it('refuses what names no moment', () => {
    for (const text of ['', '2026-02-30 10:00', '2026-11-22', '2026-11-22 25:00', 'soon']) expect(momentOf(text, 'Asia/Shanghai')).toBeNull()
  })
  it('counts days there', () => {
    const evening = Date.parse('2026-12-31T16:30:00Z')
    expect(dayIn(evening, 'Asia/Shanghai')).toBe('2027-01-01')
    expect(dayIn(evening, 'Asia/Shanghai', 1)).toBe('2026-12-31')
    expect(dayIn(evening, 'UTC', 6)).toBe('2026-12-25')
  })
  it('tells clocks apart, not names', () => {
    const at = Date.parse('2026-11-22T00:00:00Z')
    expect(clocksDiffer('Asia/Shanghai', 'Asia/Singapore', at)).toBe(false)
    expect(clocksDiffer('Asia/Shanghai', 'UTC', at)).toBe(true)
  })
})
