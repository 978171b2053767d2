/** "12:05", "1:02:03"; never negative. @param ms milliseconds left */
export function countdown(ms: number): string {
  const seconds = Math.max(0, Math.ceil(ms / 1000))
  const two = (value: number) => String(value).padStart(2, '0')
  const hours = Math.floor(seconds / 3600)
  const minutes = Math.floor(seconds / 60) % 60
  return hours ? `${hours}:${two(minutes)}:${two(seconds % 60)}` : `${two(minutes)}:${two(seconds % 60)}`
}

/** Milliseconds until a moment (ISO 8601), 0 when it is past or unreadable. */
export function untilMs(moment: string | null, now: number): number {
  const at = moment ? Date.parse(moment) : NaN
  return Number.isNaN(at) ? 0 : Math.max(0, at - now)
}

/** Year, "11-22" and "13:05" of a moment, on a clock so many minutes ahead of UTC (the buyer's own when null); null when unreadable. */
function parts(moment: string | number | null, offset: number | null): { year: number; day: string; time: string } | null {
  const at = new Date(moment ?? NaN)
  if (Number.isNaN(at.getTime())) return null
  // Shifted, so that reading it as UTC gives the wanted clock; not every phone knows other time zones by name.
  const there = new Date(at.getTime() + (offset ?? -at.getTimezoneOffset()) * 60_000)
  const two = (value: number) => String(value).padStart(2, '0')
  return { year: there.getUTCFullYear(), day: `${two(there.getUTCMonth() + 1)}-${two(there.getUTCDate())}`, time: `${two(there.getUTCHours())}:${two(there.getUTCMinutes())}` }
}

/** "11-22 13:05" in the buyer's own time zone, or on a store's clock (minutes ahead of UTC); the year only when it is another. */
export function when(moment: string | null, now = Date.now(), offset: number | null = null): string {
  const at = parts(moment, offset)
  if (!at) return ''
  return `${at.year === parts(now, offset)?.year ? '' : `${at.year}-`}${at.day} ${at.time}`
}

/** Whether a store's clock (minutes ahead of UTC) reads otherwise than the buyer's at a moment. */
export function elsewhere(moment: string, offset: number): boolean {
  return -new Date(moment).getTimezoneOffset() !== offset
}

/** "13:05" in the buyer's own time zone. */
export function clock(moment: string | null): string {
  return parts(moment, null)?.time ?? ''
}

/** "12-20" in the buyer's own time zone; the year only when it is another. */
export function day(moment: string | null, now = Date.now()): string {
  return when(moment, now).split(' ')[0] ?? ''
}
