import { afterEach, describe, expect, it, vi } from 'vitest'
import { askBrowser, fromWechatMap } from '@/account/where-am-i'
import { offset } from '@/logic/place'

vi.mock('@/i18n', () => ({ t: (key: string, named: Record<string, unknown> = {}) => [key, ...Object.values(named)].join(' ') }))
const answering = (ask: (done: (found: unknown) => void, refuse: (fault: unknown) => void) => void) => vi.stubGlobal('navigator', { geolocation: { getCurrentPosition: ask } })

describe('where a buyer is', () => {
  afterEach(() => { vi.unstubAllGlobals() })

  it.each([[1, 'denied'], [2, 'unavailable'], [3, 'timeout']])('says how to go on when a browser answers with fault %s', async (code, why) => {
    vi.stubGlobal('window', { isSecureContext: true })
    answering((_, refuse) => refuse({ code }))
    expect(await askBrowser()).toEqual({ place: null, told: `place.fault.${why}` })
  })
  it('takes a good answer as it is and asks to check a rough one', async () => {
    vi.stubGlobal('window', { isSecureContext: true })
    answering((done) => done({ coords: { latitude: 31.2, longitude: 121.4, accuracy: 20 } }))
    expect(await askBrowser()).toEqual({ place: { lat: 31.2, lng: 121.4 }, told: '' })
    answering((done) => done({ coords: { latitude: 31.2, longitude: 121.4, accuracy: 1200.4 } }))
    expect((await askBrowser()).told).toBe('place.rough 1200')
  })
  it('does not ask where no answer can come', async () => {
    vi.stubGlobal('window', { isSecureContext: false })
    expect((await askBrowser()).told).toBe('place.fault.insecure')
    vi.stubGlobal('window', { isSecureContext: true })
    vi.stubGlobal('navigator', {})
    expect((await askBrowser()).told).toBe('place.fault.unavailable')
  })
  it('turns what WeChat’s map gives into WGS-84; closing the map is no fault', () => {
    const { place } = fromWechatMap({ latitude: '39.91640428150164', longitude: 116.41024449916938 })
    const { east, north } = offset({ lat: 39.915, lng: 116.404 }, place!)
    expect(Math.hypot(east, north)).toBeLessThan(0.05)
    expect(fromWechatMap({ errMsg: 'chooseLocation:fail cancel' })).toEqual({ place: null, told: '' })
    expect(fromWechatMap({ errMsg: 'chooseLocation:fail auth deny' })).toEqual({ place: null, told: 'place.fault.map' })
  })
})
