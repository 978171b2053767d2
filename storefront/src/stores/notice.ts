import { defineStore } from 'pinia'
import { ref } from 'vue'
import { ApiError } from '@/api/problem'
import { t } from '@/i18n'

export interface Notice { id: number; text: string; action: string; run: (() => void) | null }

/** The sentence for an error: the server's own where it sent one, ours where no answer came. */
export function sentence(error: unknown): string {
  if (error instanceof ApiError) {
    if (error.message) return error.message
    if (error.code === 'offline' || error.code === 'timeout') return t(`error.${error.code}`)
    return t(error.status >= 500 ? 'error.server' : 'error.refused')
  }
  return t('error.unknown')
}

/** One short line that floats over the page and goes by itself; it never carries what one needs to keep. */
export const useNotice = defineStore('notice', () => {
  const now = ref<Notice | null>(null)
  let serial = 0
  let timer: ReturnType<typeof setTimeout> | undefined

  function say(text: string, action = '', run: (() => void) | null = null): void {
    clearTimeout(timer)
    now.value = { id: ++serial, text, action, run }
    timer = setTimeout(clear, run ? 5000 : 2600)
  }
  function clear(): void {
    clearTimeout(timer)
    now.value = null
  }
  function act(): void {
    const run = now.value?.run
    clear()
    run?.()
  }
  /** Says what went wrong. Programming errors go to the console as well. */
  function fail(error: unknown): void {
    if (!(error instanceof ApiError)) console.error(error)
    say(sentence(error))
  }
  return { now, say, act, clear, fail }
})
