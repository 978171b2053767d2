import type { PayMethod } from '@/api/types'

export interface Due { store: string; order: string }

/** "store:order,store:order" of the pay page's address; parts that are no pair are left out. */
export function dueFrom(text: string | undefined): Due[] {
  return (text ?? '').split(',').map((pair) => pair.split(':')).filter((pair) => pair.length === 2 && pair[0] && pair[1])
    .map((pair) => ({ store: pair[0]!, order: pair[1]! }))
}
export function dueText(due: Due[]): string {
  return due.map((one) => `${one.store}:${one.order}`).join(',')
}

/**
 * How to pay on H5: a wide window without a finger shows a code to scan, a phone opens WeChat. Inside WeChat's own
 * browser H5 pay is refused by the platform, so that page says so instead (null).
 */
export function h5Method(width: number, touch: boolean, agent: string): PayMethod | null {
  if (/MicroMessenger/i.test(agent)) return null
  return width >= 768 && !touch ? 'wechat_native' : 'wechat_h5'
}
