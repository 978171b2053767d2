// Amounts are integers in the currency's minor unit (fen); text becomes an amount digit by digit, never through a float.

/** The largest amount a field takes: 100 million yuan, far below what an integer of JavaScript holds. */
export const MAX_FEN = 10_000_000_000

const FULL_WIDTH: Record<string, string> = { '．': '.', '。': '.', '，': ',', '－': '-', '￥': '¥' }

/** How many digits stand after the point in this currency: 2 for CNY, 0 for JPY. */
export function minorDigits(currency: string): number {
  return new Intl.NumberFormat('en', { style: 'currency', currency }).resolvedOptions().maximumFractionDigits ?? 2
}

/** ASCII digits and marks for what an input method may have typed. */
function plain(text: string): string {
  return [...text.trim()]
    .map((char) => {
      const code = char.charCodeAt(0)
      if (code >= 0xff10 && code <= 0xff19) return String(code - 0xff10)
      return FULL_WIDTH[char] ?? char
    })
    .join('')
}

/**
 * The amount in minor units that a person typed ("12", "¥1,234.5", "１２．３０"), or null when it is none:
 * empty, negative, too precise for the currency, or above MAX_FEN.
 */
export function parseMoney(text: string, digits = 2): number | null {
  const match = /^¥?\s*(\d{1,3}(?:,\d{3})+|\d+)(?:\.(\d*))?$/.exec(plain(text))
  if (!match) return null
  const whole = (match[1] ?? '').replaceAll(',', '')
  const fraction = (match[2] ?? '').replace(/0+$/, '')
  if (fraction.length > digits || whole.length > 12) return null
  const fen = Number(whole + fraction.padEnd(digits, '0'))
  return fen <= MAX_FEN ? fen : null
}

/** What an input shows for an amount: "12.50", no sign, no separators. */
export function moneyText(fen: number | null | undefined, digits = 2): string {
  if (fen === null || fen === undefined) return ''
  if (digits === 0) return String(fen)
  const sign = fen < 0 ? '-' : ''
  const all = String(Math.abs(fen)).padStart(digits + 1, '0')
  return `${sign}${all.slice(0, -digits)}.${all.slice(-digits)}`
}

const SIGNS: Record<string, string> = { CNY: '¥', USD: '$', EUR: '€', JPY: 'JP¥', HKD: 'HK$' }

/** An amount for reading: "¥1,234.50", "-¥3.00". */
export function formatMoney(fen: number, currency = 'CNY'): string {
  const text = moneyText(Math.abs(fen), minorDigits(currency))
  const [whole = '0', fraction] = text.split('.')
  const grouped = whole.replace(/\B(?=(\d{3})+$)/g, ',')
  return `${fen < 0 ? '-' : ''}${SIGNS[currency] ?? `${currency} `}${grouped}${fraction === undefined ? '' : `.${fraction}`}`
}
