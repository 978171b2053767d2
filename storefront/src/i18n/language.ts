import { ref } from 'vue'

export type Language = 'zh' | 'en'
const SHELF = 'zg.language'

function system(): Language {
  const stored = uni.getStorageSync(SHELF) as Language | ''
  if (stored) return stored
  return /^en/i.test(uni.getSystemInfoSync().language ?? '') ? 'en' : 'zh'
}

export const current = ref<Language>(system())

/** A page's language is told to those who read it out, choose its font or translate it. */
export function tellLanguage(): void {
  // #ifdef H5
  document.documentElement.lang = current.value
  // #endif
}

export function language(): Language {
  return current.value
}

export function setLanguage(to: Language): void {
  current.value = to
  uni.setStorageSync(SHELF, to)
  tellLanguage()
}
