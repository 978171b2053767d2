import type { StoreDetail } from '@/api/types'

/**
 * A point on the earth in degrees. Everything of ours speaks WGS-84: the server keeps it, satellites and browsers give
 * it. WeChat's own map speaks GCJ-02, the datum that mainland maps must use, some hundred metres beside it: what comes
 * from there goes through `fromGcj02` before anything else sees it.
 */
export interface Place { lat: number; lng: number }
export type Area = NonNullable<StoreDetail['delivery']>

const EARTH_M = 6_371_008.8
const RAD = Math.PI / 180
/** Semi-major axis (metres) and squared eccentricity of the ellipsoid that GCJ-02 is defined on (Krasovsky 1940). */
const AXIS_M = 6_378_245
const ECCENTRICITY = 0.006_693_421_622_965_943

/** Great-circle distance in whole metres, as the server measures it. */
export function distanceM(a: Place, b: Place): number {
  const h = Math.sin(((b.lat - a.lat) * RAD) / 2) ** 2 + Math.cos(a.lat * RAD) * Math.cos(b.lat * RAD) * Math.sin(((b.lng - a.lng) * RAD) / 2) ** 2
  return Math.round(2 * EARTH_M * Math.asin(Math.min(1, Math.sqrt(h))))
}

/** Metres east and north of `from`, on a plan small enough to be flat. */
export function offset(from: Place, to: Place): { east: number; north: number } {
  return { east: (to.lng - from.lng) * RAD * EARTH_M * Math.cos(from.lat * RAD), north: (to.lat - from.lat) * RAD * EARTH_M }
}

/** The place so many metres east and north of another, to the sixth decimal (a tenth of a metre). */
export function moved(from: Place, east: number, north: number): Place {
  const round = (degrees: number) => Math.round(degrees * 1e6) / 1e6
  return { lat: round(from.lat + north / EARTH_M / RAD), lng: round(from.lng + east / (EARTH_M * Math.cos(from.lat * RAD)) / RAD) }
}

/** Which of eight directions `to` lies in, clockwise from north: 0 north, 2 east. */
export function direction(from: Place, to: Place): number {
  const { east, north } = offset(from, to)
  return Math.round((Math.atan2(east, north) / (2 * Math.PI)) * 8 + 8) % 8
}

/** Kilometres with one decimal at most, rounded up as the server does: what is beyond an edge never reads like the edge. */
export function kilometres(metres: number): string {
  return String(Math.ceil(metres / 100) / 10)
}

/** How far a store delivers (metres): its radius, or its last band where it has none. */
export function reachM(area: Area): number {
  return area.radius_m || Math.max(0, ...(area.bands ?? []).map((band) => band.up_to_m))
}

/** Bands by distance; the last one goes to the edge. */
export function bandsOf(area: Area): { upToM: number; fee: number }[] {
  const bands = [...(area.bands ?? [])].sort((a, b) => a.up_to_m - b.up_to_m).map((band) => ({ upToM: band.up_to_m, fee: band.fee }))
  const last = bands[bands.length - 1]
  return last ? [...bands.slice(0, -1), { ...last, upToM: reachM(area) }] : [{ upToM: reachM(area), fee: 0 }]
}

/** The band that a distance falls into; -1 beyond the edge. */
export function bandAt(area: Area, metres: number): number {
  return metres > reachM(area) ? -1 : bandsOf(area).findIndex((band) => metres <= band.upToM)
}

/** Half the width of the plan (metres) at each step of nearness: first all that is delivered to, then closer. */
export function spansOf(reach: number): number[] {
  const whole = Math.max(1000, reach) * 1.2
  return [whole, whole / 2.5, whole / 8]
}

/** Rings to draw on a plan: those whole kilometres that help to judge a distance and are still on it. */
export function ringsOf(reach: number): number[] {
  const far = Math.max(1000, reach)
  const rings = far > 20_000 ? [10_000, 20_000, 40_000, 60_000, 80_000] : far > 6000 ? [2000, 5000, 10_000, 15_000, 20_000] : [1000, 2000, 3000, 5000]
  return rings.filter((metres) => metres <= far * 1.15 && Math.abs(metres - reach) > reach * 0.02)
}

/** GCJ-02 is only used in mainland China; this is the box in which its definition shifts at all. */
function shifted({ lat, lng }: Place): boolean {
  return lng >= 72.004 && lng <= 137.8347 && lat >= 0.8293 && lat <= 55.8271
}

/** WGS-84 to GCJ-02, by the published shape of the shift; outside China nothing changes. */
export function toGcj02(place: Place): Place {
  if (!shifted(place)) return place
  const x = place.lng - 105
  const y = place.lat - 35
  const wave = (value: number, periods: [number, number][]) => periods.reduce((sum, [height, length]) => sum + height * Math.sin((value / length) * 2 * Math.PI), 0)
  const common = (2 / 3) * wave(x, [[20, 1 / 3], [20, 1]])
  const south = -100 + 2 * x + 3 * y + 0.2 * y * y + 0.1 * x * y + 0.2 * Math.sqrt(Math.abs(x)) + common + (2 / 3) * wave(y, [[20, 2], [40, 6], [160, 24], [320, 60]])
  const east = 300 + x + 2 * y + 0.1 * x * x + 0.1 * x * y + 0.1 * Math.sqrt(Math.abs(x)) + common + (2 / 3) * wave(x, [[20, 2], [40, 6], [150, 24], [300, 60]])
  const sine = Math.sin(place.lat * RAD)
  const bulge = 1 - ECCENTRICITY * sine * sine
  return {
    lat: place.lat + south / (((AXIS_M * (1 - ECCENTRICITY)) / (bulge * Math.sqrt(bulge))) * RAD),
    lng: place.lng + east / ((AXIS_M / Math.sqrt(bulge)) * Math.cos(place.lat * RAD) * RAD),
  }
}

/** GCJ-02 to WGS-84: the shift has no closed inverse, so it is approached; three steps leave less than a centimetre. */
export function fromGcj02(place: Place): Place {
  let guess = place
  for (let step = 0; step < 3; step++) {
    const there = toGcj02(guess)
    guess = { lat: guess.lat + place.lat - there.lat, lng: guess.lng + place.lng - there.lng }
  }
  return guess
}
