// The store's clock on the wall and moments in UTC. Zones are IANA names; `Intl` knows their rules.

/** "2026-11-22 14:05": what a clock in that zone shows at this moment; with seconds "…:09" when asked for. */
export function wallTime(at: Date | number, zone: string, seconds = false): string {
  const parts = new Intl.DateTimeFormat('en-CA', {
    timeZone: zone,
    year: 'numeric',
    month: '2-digit',
    day: '2-digit',
    hour: '2-digit',
    minute: '2-digit',
    second: '2-digit',
    hourCycle: 'h23',
  }).formatToParts(at)
  const of = (type: Intl.DateTimeFormatPartTypes): string => parts.find((part) => part.type === type)?.value ?? ''
  return `${of('year')}-${of('month')}-${of('day')} ${of('hour')}:${of('minute')}${seconds ? `:${of('second')}` : ''}`
}

const WALL = /^(\d{4})-(\d{2})-(\d{2})[ T](\d{2}):(\d{2})(?::(\d{2}))?$/

/** The text as if its clock stood in UTC, in ms; null when it names no moment (02-30, 25:00). */
function asUtc(text: string): number | null {
  const match = WALL.exec(text)
  if (!match) return null
  const [year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0] = match.slice(1).map((part) => Number(part ?? 0))
  const at = Date.UTC(year, month - 1, day, hour, minute, second)
  return wallTime(at, 'UTC') === text.slice(0, 16).replace('T', ' ') ? at : null
}

/**
 * The moment (ISO, UTC) at which a clock in that zone shows this text; null when the text names none.
 * In the hour that a zone skips in spring the moment is as far after the jump, in the hour it repeats it is the first one.
 */
export function momentOf(text: string, zone: string): string | null {
  const wanted = asUtc(text)
  if (wanted === null) return null
  const ahead = (at: number): number => (asUtc(wallTime(at, zone, true)) ?? at) - at
  const day = 86_400_000
  const candidates = [wanted - ahead(wanted - day), wanted - ahead(wanted + day)]
  const found = candidates.filter((at) => wallTime(at, zone) === wallTime(wanted, 'UTC')).sort((one, other) => one - other)
  return new Date(found[0] ?? candidates[0] ?? wanted).toISOString()
}

/** The day "2026-11-22" in that zone, `back` days before the one of this moment. */
export function dayIn(at: Date | number, zone: string, back = 0): string {
  const [year = 0, month = 0, day = 0] = wallTime(at, zone).slice(0, 10).split('-').map(Number)
  return new Date(Date.UTC(year, month - 1, day - back)).toISOString().slice(0, 10)
}

/** Whether two zones show different clocks at this moment. */
export function clocksDiffer(one: string, other: string, at: Date | number): boolean {
  return wallTime(at, one) !== wallTime(at, other)
}

export function browserZone(): string {
  return Intl.DateTimeFormat().resolvedOptions().timeZone
}
