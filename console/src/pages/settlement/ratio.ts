// Ratios are ten-thousandths; a percentage becomes one digit by digit, never through a float.
import { moneyText, parseMoney } from '@/money/money'

/** "10", "2.5", "0.05" (percent) → ten-thousandths, or null for what is none between 0.01 and 100. */
export function parsePercent(text: string): number | null {
  const value = parseMoney(text, 2)
  return value !== null && value >= 1 && value <= 10_000 ? value : null
}

/** Ten-thousandths → "10%", "2.5%". */
export function percentText(ratio: number): string {
  return `${moneyText(ratio, 2).replace(/\.?0+$/, '')}%`
}
