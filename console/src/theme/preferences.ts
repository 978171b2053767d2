// How this browser shows the console: language, light or dark, sound, the colours of rise and fall.
import { computed, reactive, watch } from 'vue'

export type Language = 'zh' | 'en'
export type Mode = 'light' | 'dark' | 'system'

const KEY = 'zg.console.preferences'

interface Preferences {
  language: Language
  mode: Mode
  sound: boolean
  /** 'red' paints rises red as in Chinese markets, 'green' the reverse, 'auto' follows the language. */
  rise: 'auto' | 'red' | 'green'
}

function initial(): Preferences {
  const language: Language = navigator.language.toLowerCase().startsWith('zh') ? 'zh' : 'en'
  const fallback: Preferences = { language, mode: 'system', sound: true, rise: 'auto' }
  try {
    return { ...fallback, ...(JSON.parse(localStorage.getItem(KEY) ?? '{}') as Partial<Preferences>) }
  } catch {
    // Somebody wrote nonsense under our key; the defaults are a fine answer and the next change heals it.
    return fallback
  }
}

export const preferences = reactive<Preferences>(initial())
watch(preferences, (value) => localStorage.setItem(KEY, JSON.stringify(value)))

const systemDark = window.matchMedia('(prefers-color-scheme: dark)')
const system = reactive({ dark: systemDark.matches })
systemDark.addEventListener('change', (event) => (system.dark = event.matches))

export const dark = computed(() => (preferences.mode === 'system' ? system.dark : preferences.mode === 'dark'))

export const riseIsRed = computed(() =>
  preferences.rise === 'auto' ? preferences.language === 'zh' : preferences.rise === 'red',
)

watch(
  [dark, () => preferences.language],
  () => {
    document.documentElement.setAttribute('theme-mode', dark.value ? 'dark' : 'light')
    document.documentElement.lang = preferences.language === 'zh' ? 'zh-CN' : 'en'
  },
  { immediate: true },
)
