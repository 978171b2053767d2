import type { ReturnStatus } from '@/api/types'

import type { Tone } from '../orders/tones'

/** Vermilion means that the merchant must act. */
export const RETURN_TONES: Record<ReturnStatus, Tone> = {
  requested: 'seal', sent_back: 'seal', received: 'seal', approved: 'info', refunding: 'info', reshipped: 'info', appealed: 'warn', refunded: 'good', completed: 'good',
  rejected: 'calm', withdrawn: 'calm', closed: 'calm',
}

/** Reasons that are told often: one click each. */
export const READY_REASONS = {
  reject: ['noProof', 'weighed', 'late', 'used', 'notOurs'], refund: [], inspect: ['missing', 'damaged'], less: ['agreed'], reship: [], take_in: [], grant: [], dismiss: [],
} as const

/** How long a limit still runs, as a sentence; '' where there is none. `now` in milliseconds. */
export function limitWords(due: string | null, now: number, t: (key: string, named: { n: number }, plural: number) => string): string {
  if (!due) return ''
  const { key, n } = limitLeft(Date.parse(due) - now)
  return t(key, { n }, n)
}

/** How long a limit still runs: the key of the sentence and its number. `ms` may be past. */
export function limitLeft(ms: number): { key: string; n: number } {
  if (ms <= 0) return { key: 'returns.left.over', n: 0 }
  const minutes = Math.ceil(ms / 60_000)
  if (minutes < 60) return { key: 'returns.left.minutes', n: minutes }
  const hours = Math.floor(minutes / 60)
  return hours < 48 ? { key: 'returns.left.hours', n: hours } : { key: 'returns.left.days', n: Math.floor(hours / 24) }
}
