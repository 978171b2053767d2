import { t } from '@/i18n'
import { fromGcj02, type Place } from '@/logic/place'

/** Where the buyer is, or a sentence that says how to go on without knowing; with a rough answer both. */
export interface Found { place: Place | null; told: string }

const PATIENCE_MS = 10_000
/** An answer less exact than this (metres) is to be checked on the plan. */
const ROUGH_M = 200

/** The reason why a browser could not say, by the code of its error (W3C Geolocation: 1 denied, 3 time-out). */
export function refusal(code: number): 'denied' | 'timeout' | 'unavailable' {
  return code === 1 ? 'denied' : code === 3 ? 'timeout' : 'unavailable'
}

/** Asks the browser, once, after a tap. It answers in WGS-84, and only on a page that came over an encrypted line. */
export function askBrowser(): Promise<Found> {
  const none = (why: string): Found => ({ place: null, told: t(`place.fault.${why}`) })
  if (!window.isSecureContext) return Promise.resolve(none('insecure'))
  if (!navigator.geolocation) return Promise.resolve(none('unavailable'))
  return new Promise((resolve) => {
    navigator.geolocation.getCurrentPosition(
      ({ coords }) => resolve({ place: { lat: coords.latitude, lng: coords.longitude }, told: coords.accuracy > ROUGH_M ? t('place.rough', { n: Math.round(coords.accuracy) }) : '' }),
      (fault) => resolve(none(refusal(fault.code))),
      { enableHighAccuracy: true, timeout: PATIENCE_MS, maximumAge: 60_000 },
    )
  })
}

/** What WeChat's map answered (it speaks GCJ-02), or the way on after its refusal; closing it is no fault. */
export function fromWechatMap(answer: { errMsg?: string; latitude?: number | string; longitude?: number | string }): Found {
  if (answer.latitude === undefined || answer.longitude === undefined) {
    return { place: null, told: /cancel/.test(answer.errMsg ?? '') ? '' : t('place.fault.map') }
  }
  return { place: fromGcj02({ lat: Number(answer.latitude), lng: Number(answer.longitude) }), told: '' }
}

/** In the mini-program the buyer chooses on WeChat's own map; on H5 the browser is asked. */
export async function whereAmI(): Promise<Found> {
  let found: Found = { place: null, told: '' }
  // #ifdef MP-WEIXIN
  found = fromWechatMap(await new Promise((resolve) => { uni.chooseLocation({ success: resolve, fail: resolve }) }))
  // #endif
  // #ifdef H5
  found = await askBrowser()
  // #endif
  return found
}
