import type { Fen } from '@/api/types'

/** Digits after the point of the currencies that differ from two (ISO 4217). */
const DIGITS: Record<string, number> = { JPY: 0, KRW: 0, VND: 0 }
const SIGNS: Record<string, string> = { CNY: '¥', USD: '$', EUR: '€', GBP: '£', HKD: 'HK$', JPY: '¥' }

export interface MoneyParts { minus: boolean; sign: string; whole: string; fraction: string }

/** Splits an amount in the minor unit into what a price shows; the fraction keeps its point and may be empty. */
export function moneyParts(amount: Fen, currency = 'CNY', trim = false): MoneyParts {
  const digits = DIGITS[currency] ?? 2
  const unit = 10 ** digits
  const size = Math.abs(amount)
  const whole = String(Math.floor(size / unit)).replace(/\B(?=(\d{3})+$)/g, ',')
  const rest = digits ? String(size % unit).padStart(digits, '0') : ''
  const fraction = !rest || (trim && /^0+$/.test(rest)) ? '' : `.${trim ? rest.replace(/0+$/, '') : rest}`
  return { minus: amount < 0, sign: SIGNS[currency] ?? `${currency} `, whole, fraction }
}

/** "¥1,234.50", "-¥3"; `trim` leaves out trailing zeros of the fraction. */
export function money(amount: Fen, currency = 'CNY', trim = false): string {
  const parts = moneyParts(amount, currency, trim)
  return `${parts.minus ? '-' : ''}${parts.sign}${parts.whole}${parts.fraction}`
}
