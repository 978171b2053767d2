import { defineStore } from 'pinia'
import { computed, ref } from 'vue'

export type Look = 'auto' | 'light' | 'dark'
const SHELF = 'zg.look'

/** How large the buyer wants text: 1 is the platform's normal size. */
function textScale(): number {
  // #ifdef H5
  const probe = document.createElement('span')
  probe.style.cssText = 'font-size:medium;position:absolute;visibility:hidden'
  document.body.appendChild(probe)
  const size = parseFloat(getComputedStyle(probe).fontSize)
  probe.remove()
  return clamp(size / 16)
  // #endif
  // #ifndef H5
  const info = uni.getSystemInfoSync() as { fontSizeSetting?: number }
  return clamp((info.fontSizeSetting || 16) / 16)
  // #endif
}

function clamp(scale: number): number {
  return Number.isFinite(scale) ? Math.min(2, Math.max(0.85, scale)) : 1
}

/** What the buyer set about looks; the system's own setting unless told otherwise. */
export const usePrefs = defineStore('prefs', () => {
  const look = ref<Look>((uni.getStorageSync(SHELF) as Look) || 'auto')
  const systemDark = ref(uni.getSystemInfoSync().theme === 'dark')
  const scale = ref(textScale())
  const dark = computed(() => (look.value === 'auto' ? systemDark.value : look.value === 'dark'))
  /** For what the platform draws itself, which knows nothing of the page's variables. */
  const colours = computed(() => (dark.value
    ? { front: '#ffffff', back: '#16130F', ink2: '#B3A99C', seal: '#FF7A5C', card: '#211D18', border: 'black' as const }
    : { front: '#000000', back: '#FAF7F2', ink2: '#6B635A', seal: '#BC3317', card: '#FFFFFF', border: 'white' as const }))

  function setLook(to: Look): void {
    look.value = to
    uni.setStorageSync(SHELF, to)
    apply()
  }

  /** Brings what lies outside the page (bars, H5's root element) into line. */
  function apply(): void {
    // #ifdef H5
    document.documentElement.classList.toggle('zg-dark', look.value === 'dark')
    document.documentElement.classList.toggle('zg-light', look.value === 'light')
    // #endif
    if (look.value === 'auto' && !forced) return
    forced = true
    const { front, back, ink2, seal, card, border } = colours.value
    uni.setNavigationBarColor({ frontColor: front, backgroundColor: back, fail: () => undefined })
    uni.setTabBarStyle({ color: ink2, selectedColor: seal, backgroundColor: card, borderStyle: border, fail: () => undefined })
  }
  let forced = false

  uni.onThemeChange?.((change) => { systemDark.value = change.theme === 'dark' })
  return { look, dark, colours, scale, setLook, apply }
})
