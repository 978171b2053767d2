/** What the platform's own furniture takes away from a page that draws its own head (px). */
export interface Chrome { top: number; height: number; right: number }

/** In the mini-program the capsule sits at the top right; on H5 nothing does. */
export function chrome(): Chrome {
  // #ifdef MP-WEIXIN
  const bar = uni.getSystemInfoSync().statusBarHeight ?? 0
  const capsule = uni.getMenuButtonBoundingClientRect?.()
  if (!capsule || !capsule.height) return { top: bar, height: 44, right: 0 }
  const width = uni.getSystemInfoSync().windowWidth
  return { top: bar, height: (capsule.top - bar) * 2 + capsule.height, right: Math.max(0, width - capsule.left) }
  // #endif
  // #ifndef MP-WEIXIN
  return { top: 0, height: 52, right: 0 }
  // #endif
}

/** A short tick under the finger where the device has it. */
export function haptic(): void {
  // #ifdef MP-WEIXIN
  uni.vibrateShort?.({ fail: () => undefined })
  // #endif
}
