// Two systems of coordinates. The server keeps WGS-84, which satellites and compasses give; maps of mainland China (Tencent,
// Amap) show GCJ-02, 300 to 700 m beside it.
export interface Place {
  lat: number
  lng: number
}
export type Datum = 'wgs84' | 'gcj02'

const RAD = Math.PI / 180
/** Semi-major axis (metres) and squared eccentricity of the ellipsoid that GCJ-02 is defined on (Krasovsky 1940). */
const AXIS_M = 6_378_245
const ECCENTRICITY = 0.006_693_421_622_965_943

/** A sum of sine waves: height in metres and length in degrees of each. */
function waves(value: number, of: readonly (readonly [number, number])[]): number {
  return of.reduce((sum, [height, length]) => sum + height * Math.sin((value / length) * 2 * Math.PI), 0)
}

/** WGS-84 to GCJ-02, by the published shape of the shift; outside mainland China's box nothing changes. */
export function toGcj02({ lat, lng }: Place): Place {
  if (lng < 72.004 || lng > 137.8347 || lat < 0.8293 || lat > 55.8271) return { lat, lng }
  const x = lng - 105
  const y = lat - 35
  const common = (2 / 3) * waves(x, [[20, 1 / 3], [20, 1]])
  const north = -100 + 2 * x + 3 * y + 0.2 * y * y + 0.1 * x * y + 0.2 * Math.sqrt(Math.abs(x)) + common + (2 / 3) * waves(y, [[20, 2], [40, 6], [160, 24], [320, 60]])
  const east = 300 + x + 2 * y + 0.1 * x * x + 0.1 * x * y + 0.1 * Math.sqrt(Math.abs(x)) + common + (2 / 3) * waves(x, [[20, 2], [40, 6], [150, 24], [300, 60]])
  const bulge = 1 - ECCENTRICITY * Math.sin(lat * RAD) ** 2
  return {
    lat: lat + north / (((AXIS_M * (1 - ECCENTRICITY)) / (bulge * Math.sqrt(bulge))) * RAD),
    lng: lng + east / ((AXIS_M / Math.sqrt(bulge)) * Math.cos(lat * RAD) * RAD),
  }
}

/** GCJ-02 to WGS-84: the shift has no closed inverse, so it is approached; three steps leave less than a centimetre. */
export function fromGcj02(place: Place): Place {
  let guess = place
  for (let step = 0; step < 3; step += 1) {
    const there = toGcj02(guess)
    guess = { lat: guess.lat + place.lat - there.lat, lng: guess.lng + place.lng - there.lng }
  }
  return guess
}

/** Six decimals are a tenth of a metre. */
export function shown({ lat, lng }: Place): string {
  return `${Number(lat.toFixed(6))}, ${Number(lng.toFixed(6))}`
}
