import type { Settings } from '@/api/types'

type Span = Settings['hours'][number]

function minutes(clock: string): number {
  const [hour = 0, minute = 0] = clock.split(':').map(Number)
  return hour * 60 + minute
}

/** The days (1 = Monday) on which two stretches of opening hours overlap. */
export function wrongDays(hours: readonly Span[]): number[] {
  const wrong: number[] = []
  for (let day = 1; day <= 7; day += 1) {
    const spans = hours
      .filter((span) => span.day === day)
      // A close not after the open runs past midnight (00:00 to 00:00 is the whole day): to the end of this day as far as overlaps go.
      .map((span) => ({ from: minutes(span.open), to: minutes(span.close) > minutes(span.open) ? minutes(span.close) : 24 * 60}))
      .sort((one, other) => one.from - other.from)
    if (spans.some((span, at) => at > 0 && span.from < (spans[at - 1]?.to ?? 0))) wrong.push(day)
  }
  return wrong
}

/** Whether every band reaches farther than the one before. */
export function bandsAscend(bands: Settings['delivery']['bands']): boolean {
  return bands.every((band, at) => band.up_to_m > (bands[at - 1]?.up_to_m ?? 0))
}

/** "31.2304, 121.4737" as coordinates; null for an empty text, undefined for one that is none. */
export function parsePlace(text: string): { lat: number; lng: number } | null | undefined {
  if (text.trim() === '') return null
  const match = /^\s*(-?\d{1,2}(?:\.\d+)?)\s*[,，]\s*(-?\d{1,3}(?:\.\d+)?)\s*$/.exec(text)
  if (!match) return undefined
  const lat = Number(match[1])
  const lng = Number(match[2])
  return Math.abs(lat) <= 90 && Math.abs(lng) <= 180 ? { lat, lng } : undefined
}
