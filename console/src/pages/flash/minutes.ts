// Figures by minute as bars: minutes in which nothing happened count too, and a long sale is drawn in longer steps.
import type { FlashFigures } from '@/api/types'

export type Measure = 'places' | 'orders' | 'paid' | 'returned'
export const MEASURES: readonly Measure[] = ['places', 'orders', 'paid', 'returned']

export interface Bar {
  /** The bar's first moment in ms. */
  at: number
  value: number
}

const STEPS = [1, 2, 5, 10, 15, 30, 60, 120, 240, 720, 1440]
export const MOST_BARS = 90

/** Bars without gaps from the first minute with something in it to the last, and how many minutes one stands for. */
export function bars(minutes: FlashFigures['by_minute'], measure: Measure): { step: number; bars: Bar[] } {
  const times = minutes.map((one) => Date.parse(one.at))
  if (times.length === 0) return { step: 1, bars: [] }
  const first = Math.min(...times)
  const last = Math.max(...times)
  const step = STEPS.find((wide) => (last - first) / 60_000 / wide < MOST_BARS) ?? STEPS[STEPS.length - 1] ?? 1
  const width = step * 60_000
  const from = Math.floor(first / width) * width
  const found = Array.from({ length: Math.floor((last - from) / width) + 1 }, (_, at) => ({ at: from + at * width, value: 0 }))
  for (const one of minutes) {
    const bar = found[Math.floor((Date.parse(one.at) - from) / width)]
    if (bar) bar.value += one[measure]
  }
  return { step, bars: found }
}
