import type { PayMethod } from '@/api/types'
import { insideWeChat } from './weixin-bridge'

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
 * browser the platform refuses H5 pay: there its bridge pays, under the official account.
 */
export function h5Method(width: number, touch: boolean, agent: string): PayMethod {
  if (insideWeChat(agent)) return 'wechat_jsapi'
  return width >= 768 && !touch ? 'wechat_native' : 'wechat_h5'
}
