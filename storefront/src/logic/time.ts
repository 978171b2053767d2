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

/** "11-22 13:05" in the buyer's own time zone; the year only when it is another. */
export function when(moment: string | null, now = Date.now()): string {
  const at = moment ? new Date(moment) : null
  if (!at || Number.isNaN(at.getTime())) return ''
  const two = (value: number) => String(value).padStart(2, '0')
  const day = `${two(at.getMonth() + 1)}-${two(at.getDate())}`
  const year = at.getFullYear() === new Date(now).getFullYear() ? '' : `${at.getFullYear()}-`
  return `${year}${day} ${clock(moment)}`
}

/** "13:05" in the buyer's own time zone. */
export function clock(moment: string | null): string {
  const at = moment ? new Date(moment) : null
  if (!at || Number.isNaN(at.getTime())) return ''
  return `${String(at.getHours()).padStart(2, '0')}:${String(at.getMinutes()).padStart(2, '0')}`
}

/** "12-20" in the buyer's own time zone; the year only when it is another. */
export function day(moment: string | null, now = Date.now()): string {
  return when(moment, now).split(' ')[0] ?? ''
}
