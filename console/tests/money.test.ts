import { describe, expect, it } from 'vitest'

import { formatMoney, MAX_FEN, minorDigits, moneyText, parseMoney } from '@/money/money'

describe('parseMoney', () => {
  it.each([
    ['12', 1200],
    ['12.3', 1230],
    ['12.34', 1234],
    ['12.', 1200],
    ['0', 0],
    ['0.01', 1],
    ['¥1,234.5', 123450],
    ['￥12', 1200],
    ['１２．３０', 1230],
    [' 7 ', 700],
    ['12.3400', 1234],
    ['007', 700],
  ])('reads %s as %i fen', (text, fen) => expect(parseMoney(text)).toBe(fen))

  it.each(['', ' ', 'abc', '-1', '12.345', '1.2.3', '1,23', '.5', '1e3', '十二', '∞', '99999999999999'])('refuses %s', (text) =>
    expect(parseMoney(text)).toBeNull(),
  )

  it('is exact where floats are not', () => {
    // 1.1 × 100, 4.35 × 100 and 1.005 × 1000 are the classic ones.
    expect(parseMoney('1.1')).toBe(110)
    expect(parseMoney('4.35')).toBe(435)
    for (let fen = 0; fen < 20_000; fen += 1) expect(parseMoney(moneyText(fen))).toBe(fen)
  })

  it('holds the bound and not a fen more', () => {
    expect(parseMoney(moneyText(MAX_FEN))).toBe(MAX_FEN)
    expect(parseMoney(moneyText(MAX_FEN + 1))).toBeNull()
  })

  it('knows currencies without minor units', () => {
    expect(minorDigits('JPY')).toBe(0)
    expect(parseMoney('120', 0)).toBe(120)
    expect(parseMoney('1.5', 0)).toBeNull()
  })
})

describe('formatMoney', () => {
  it('groups, signs and pads', () => {
    expect(formatMoney(123456789)).toBe('¥1,234,567.89')
    expect(formatMoney(5)).toBe('¥0.05')
    expect(formatMoney(-300)).toBe('-¥3.00')
    expect(formatMoney(1200, 'JPY')).toBe('JP¥1,200')
  })
})
