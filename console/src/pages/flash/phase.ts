// Where a flash sale stands: its status and the clock together.
import type { FlashSaleRow } from '@/api/types'

export const FLASH_STATUSES: readonly FlashSaleRow['status'][] = ['draft', 'scheduled', 'ended', 'cancelled']

export type Phase = 'draft' | 'coming' | 'running' | 'over' | 'cancelled'

export const PHASE_TONES: Record<Phase, 'seal' | 'good' | 'warn' | 'info' | 'calm'> = {
  draft: 'warn',
  coming: 'info',
  running: 'seal',
  over: 'calm',
  cancelled: 'calm',
}

type Timed = Pick<FlashSaleRow, 'status' | 'starts_at' | 'ends_at'>

/** `now` in ms. A scheduled sale is over at its end even before the server has closed its books. */
export function phaseOf(sale: Timed, now: number): Phase {
  if (sale.status === 'draft' || sale.status === 'cancelled') return sale.status
  if (sale.status === 'ended' || now >= Date.parse(sale.ends_at)) return 'over'
  return now < Date.parse(sale.starts_at) ? 'coming' : 'running'
}

/** What is waited for, in ms: the start of a coming sale, the end of a running one; null for the others. */
export function waitingFor(sale: Timed, now: number): number | null {
  const phase = phaseOf(sale, now)
  if (phase === 'coming') return Date.parse(sale.starts_at) - now
  return phase === 'running' ? Date.parse(sale.ends_at) - now : null
}

/** "00:04:10", from a day on with `days` left over; a started second counts whole, so that it never shows zero too early. */
export function countdown(ms: number): { days: number; clock: string } {
  const seconds = Math.max(0, Math.ceil(ms / 1000))
  const two = (value: number): string => String(value).padStart(2, '0')
  const rest = seconds % 86_400
  return { days: Math.floor(seconds / 86_400), clock: `${two(Math.floor(rest / 3600))}:${two(Math.floor((rest % 3600) / 60))}:${two(rest % 60)}` }
}

/** Per cent of the units that orders took, rounded down: 100 means that all are gone. */
export function soldPercent(row: Pick<FlashSaleRow, 'ordered' | 'units'>): number {
  return row.units > 0 ? Math.floor((row.ordered * 100) / row.units) : 0
}
