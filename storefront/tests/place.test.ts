import { describe, expect, it } from 'vitest'
import { bandAt, bandsOf, direction, distanceM, fromGcj02, kilometres, moved, offset, reachM, ringsOf, spansOf, toGcj02, type Area } from '@/logic/place'

const STORE = { lat: 31.2099, lng: 121.4437 }
const AREA = { radius_m: 5000, bands: [{ up_to_m: 3000, fee: 500 }, { up_to_m: 1000, fee: 300 }, { up_to_m: 4000, fee: 800 }], min_total: 2000, free_over: null } as Area

describe('WGS-84 and GCJ-02', () => {
  it('agrees with what others publish for a point in Beijing', () => {
    const there = toGcj02({ lat: 39.915, lng: 116.404 })
    expect(there.lat).toBeCloseTo(39.91640428150164, 7)
    expect(there.lng).toBeCloseTo(116.41024449916938, 7)
  })
  it.each([[39.915, 116.404], [31.2099, 121.4437], [22.54, 114.06], [45.75, 126.65], [29.65, 91.13]])('comes back to where it was from %s, %s within a centimetre', (lat, lng) => {
    const back = fromGcj02(toGcj02({ lat, lng }))
    const { east, north } = offset({ lat, lng }, back)
    expect(Math.hypot(east, north)).toBeLessThan(0.01)
  })
  it('matters: in Shanghai the two lie some hundred metres apart', () => {
    expect(distanceM(STORE, toGcj02(STORE))).toBeGreaterThan(300)
    expect(distanceM(STORE, toGcj02(STORE))).toBeLessThan(700)
  })
  it('leaves places outside China alone', () => {
    for (const place of [{ lat: 48.8584, lng: 2.2945 }, { lat: -33.86, lng: 151.21 }, { lat: 0, lng: 0 }]) {
      expect(toGcj02(place)).toEqual(place)
      expect(fromGcj02(place)).toEqual(place)
    }
  })
})

describe('the plan', () => {
  it('measures as the server does', () => {
    expect(distanceM({ lat: 39.9087, lng: 116.3975 }, { lat: 31.2304, lng: 121.4737 })).toBe(1_068_140)
    expect(distanceM(STORE, STORE)).toBe(0)
  })
  it('goes out and comes back on the flat plan', () => {
    for (const [east, north] of [[1200, -800], [-4999, 12], [0, 5000]] as const) {
      const there = moved(STORE, east, north)
      expect(offset(STORE, there).east).toBeCloseTo(east, 0)
      expect(offset(STORE, there).north).toBeCloseTo(north, 0)
      expect(Math.abs(distanceM(STORE, there) - Math.hypot(east, north))).toBeLessThan(5)
    }
  })
  it('knows eight directions, north up', () => {
    const towards = (east: number, north: number) => direction(STORE, moved(STORE, east, north))
    expect([[0, 1], [1, 1], [1, 0], [1, -1], [0, -1], [-1, -1], [-1, 0], [-1, 1]].map(([e, n]) => towards(e! * 900, n! * 900))).toEqual([0, 1, 2, 3, 4, 5, 6, 7])
    expect(towards(-20, 1000)).toBe(0)
  })
  it('never lets what is beyond the edge read like the edge', () => {
    expect([0, 40, 100, 1000, 1001, 5000, 5001].map(kilometres)).toEqual(['0', '0.1', '0.1', '1', '1.1', '5', '5.1'])
  })
  it('finds the band; the last one goes to the edge', () => {
    expect(bandsOf(AREA)).toEqual([{ upToM: 1000, fee: 300 }, { upToM: 3000, fee: 500 }, { upToM: 5000, fee: 800 }])
    expect([0, 1000, 1001, 3000, 4500, 5000, 5001].map((metres) => bandAt(AREA, metres))).toEqual([0, 0, 1, 1, 2, 2, -1])
  })
  it('copes with a store that named a radius or bands only, or nothing', () => {
    expect(reachM({ ...AREA, radius_m: 0 })).toBe(4000)
    expect(bandsOf({ ...AREA, bands: [] })).toEqual([{ upToM: 5000, fee: 0 }])
    expect(bandAt({ ...AREA, radius_m: 0, bands: [] }, 10)).toBe(-1)
  })
  it('draws rings up to the edge and no second one on it', () => {
    expect(ringsOf(5000)).toEqual([1000, 2000, 3000])
    expect(ringsOf(4000)).toEqual([1000, 2000, 3000])
    expect(ringsOf(4500)).toEqual([1000, 2000, 3000, 5000])
    expect(ringsOf(0)).toEqual([1000])
    expect(ringsOf(12_000)).toEqual([2000, 5000, 10_000])
    for (const reach of [0, 800, 5000, 30_000]) expect(spansOf(reach)[0]).toBeGreaterThan(reach)
  })
})
