import { describe, expect, it } from 'vitest'

import { parsePercent, percentText } from '@/pages/settlement/ratio'

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
