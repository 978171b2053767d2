import { watch } from 'vue'
import { createI18n } from 'vue-i18n'

import { preferences } from '@/theme/preferences'

import { en } from './en'
import { zh } from './zh'

export const i18n = createI18n({
  legacy: false,
  locale: preferences.language,
  fallbackLocale: 'zh',
  messages: { zh, en },
})

watch(
  () => preferences.language,
  (language) => (i18n.global.locale.value = language),
)

/** A text of the server in the language of the page; Chinese when there is no English one. */
export function pick(text: { zh: string; en: string } | null | undefined): string {
  if (!text) return ''
  return text[preferences.language] || text.zh || text.en
}
