import { expect, it } from 'vitest'

import { fromGcj02, shown, toGcj02 } from '@/pages/settings/datum'

it('knows where GCJ-02 puts a place, and finds back', () => {
  const square = { lat: 39.915, lng: 116.404 }
  expect(shown(toGcj02(square))).toBe('39.916404, 116.410244')
  for (const place of [square, { lat: 31.2079, lng: 121.4466 }, { lat: 22.54, lng: 114.06 }]) {
    expect(shown(fromGcj02(toGcj02(place)))).toBe(shown(place))
  }
})

it('leaves places elsewhere alone', () => {
  const paris = { lat: 48.8566, lng: 2.3522 }
  expect(toGcj02(paris)).toEqual(paris)
  expect(fromGcj02(paris)).toEqual(paris)
})
