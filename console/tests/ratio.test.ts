import { describe, expect, it } from 'vitest'

import type { SplitRule } from '@/api/types'
import { parsePercent, percentText } from '@/pages/settlement/ratio'
import { ruleState } from '@/pages/settlement/states'

describe('ratios', () => {
  it('reads a percentage digit by digit', () => {
    expect(parsePercent('10')).toBe(1000)
    expect(parsePercent('2.5')).toBe(250)
    expect(parsePercent('0.01')).toBe(1)
    expect(parsePercent('100')).toBe(10_000)
  })
  it('refuses what is none', () => {
    for (const text of ['', '0', '0.001', '100.01', '-1', 'ten']) expect(parsePercent(text)).toBeNull()
  })
  it('shows it without needless zeros', () => {
    expect(percentText(1000)).toBe('10%')
    expect(percentText(250)).toBe('2.5%')
    expect(percentText(5)).toBe('0.05%')
  })
})

describe('rules', () => {
  const at = Date.parse('2026-11-22T04:00:00Z')
  const rule = (from: string | null, to: string | null, enabled = true) => ({ enabled, active_from: from, active_to: to }) as SplitRule
  it('share what is paid within their window, its beginning included and its end not', () => {
    expect(ruleState(rule(null, null), at)).toBe('on')
    expect(ruleState(rule('2026-11-22T04:00:00Z', '2026-11-22T04:00:01Z'), at)).toBe('on')
    expect(ruleState(rule('2026-11-22T04:00:01Z', null), at)).toBe('coming')
    expect(ruleState(rule(null, '2026-11-22T04:00:00Z'), at)).toBe('over')
    expect(ruleState(rule(null, null, false), at)).toBe('off')
  })
})
