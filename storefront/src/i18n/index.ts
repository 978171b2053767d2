import { watch } from 'vue'
import { createI18n, type MessageCompiler } from 'vue-i18n'
import type { I18n } from '@/api/types'
import { current } from './language'
import en from './en'
import zh from './zh'

/** Sentences stay as they are: the library's compiler needs `new Function`, which the mini-program forbids. */
const asWritten = ((message: unknown) => () => String(message)) as unknown as MessageCompiler

export const i18n = createI18n({
  legacy: false,
  locale: current.value,
  fallbackLocale: 'zh',
  messages: { zh, en },
  messageCompiler: asWritten,
})
watch(current, (to) => { i18n.global.locale.value = to })

/** The sentence for a key in the buyer's language. */
export function t(key: string, named: Record<string, unknown> = {}): string {
  return i18n.global.t(key).replace(/\{(\w+)\}/g, (whole, name: string) => (name in named ? String(named[name] ?? '') : whole))
}

/** The buyer's language of a text that carries both; Chinese where a translation is missing. */
export function pick(text: I18n | null | undefined): string {
  if (!text) return ''
  return (current.value === 'en' ? text.en : text.zh) || text.zh || text.en
}

/** Sets the page's title and the words of the tab bar, which live outside the page. */
export function setTitle(key: string): void {
  uni.setNavigationBarTitle({ title: t(key) })
}

const TABS = ['home', 'menu', 'cart', 'orders', 'me'] as const
export function setTabWords(): void {
  TABS.forEach((name, index) => uni.setTabBarItem({ index, text: t(`tab.${name}`), fail: () => undefined }))
}
