import { expect, it } from 'vitest'

import { zh } from '@/i18n/zh'
import { compared, outcomeWords } from '@/pages/money/outcomes'
import { refusalKey } from '@/pages/settlement/states'

const text = (key: string): unknown => key.split('.').reduce<unknown>((found, part) => (found as Record<string, unknown> | undefined)?.[part], zh)

it('has words for everything that becomes of a message or a call', () => {
  for (const outcome of ['ok', 'unknown', 'paid', 'known', 'late_payment', 'surplus', 'refused', 'known:not_ours', 'asked:absent', 'refused:SIGN_ERROR', 'refused:amount', 'refused:nonce']) {
    const { key, why } = outcomeWords(outcome)
    expect(text(key), outcome).toBeTypeOf('string')
    if (why !== null) expect(text(why), outcome).toBeTypeOf('string')
  }
  expect(outcomeWords('refused:SIGN_ERROR').values).toEqual({ code: 'SIGN_ERROR' })
  expect(outcomeWords('refused:amount').why).toBe('money.inbox.why.amount')
  expect(outcomeWords('something new').key).toBe('')
})

it('calls nothing compared before a bill was', () => {
  expect(compared([])).toBe(false)
  expect(compared([{ status: 'failed' }, { status: 'running' }])).toBe(false)
  expect(compared([{ status: 'failed' }, { status: 'matched' }])).toBe(true)
})

it('puts the refusal of a receiver into words', () => {
  for (const error of ['INVALID_REQUEST: 分账接收方账号不存在', 'NO_AUTH: x', 'FREQUENCY_LIMITED: x']) expect(text(refusalKey(error)), error).toBeTypeOf('string')
  expect(refusalKey('INVALID_REQUEST: x')).toContain('mismatch')
})
