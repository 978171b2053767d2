// Server times are UTC; people read them as the clock in the store shows them, wherever the browser stands.
import { timezone } from '@/session/session'
import { preferences } from '@/theme/preferences'

import { wallTime } from './zone'

function locale(): string {
  return preferences.language === 'zh' ? 'zh-CN' : 'en-GB'
}

/** "11/22 14:05" or "22 Nov, 14:05", with the year when it is not this one. */
export function dateTime(iso: string | null, now = new Date()): string {
  if (iso === null) return ''
  const at = new Date(iso)
  const year = (moment: Date): string => wallTime(moment, timezone.value).slice(0, 4)
  return new Intl.DateTimeFormat(locale(), {
    timeZone: timezone.value,
    ...(year(at) === year(now) ? {} : { year: 'numeric' }),
    month: preferences.language === 'zh' ? '2-digit' : 'short',
    day: '2-digit',
    hour: '2-digit',
    minute: '2-digit',
    hourCycle: 'h23',
  }).format(at)
}

/** "14:05:09" */
export function clockTime(iso: string): string {
  return new Intl.DateTimeFormat(locale(), {
    timeZone: timezone.value,
    hour: '2-digit',
    minute: '2-digit',
    second: '2-digit',
    hourCycle: 'h23',
  }).format(new Date(iso))
}

/** "3 分钟前" / "3 minutes ago"; `now` in ms so that a ticking page can pass its own. */
export function ago(iso: string, now: number): string {
  const seconds = Math.min(0, Math.round((new Date(iso).getTime() - now) / 1000))
  const format = new Intl.RelativeTimeFormat(locale(), { numeric: 'auto', style: 'short' })
  if (seconds > -60) return format.format(seconds, 'second')
  if (seconds > -3600) return format.format(Math.trunc(seconds / 60), 'minute')
  if (seconds > -86400) return format.format(Math.trunc(seconds / 3600), 'hour')
  return format.format(Math.trunc(seconds / 86400), 'day')
}
