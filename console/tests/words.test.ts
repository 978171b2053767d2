import { describe, expect, it } from 'vitest'

import type { SearchSettings } from '@/api/types'
import { distinct, fold, markOf, parted, problemsOf, withBlocked, withPinned, withSynonyms } from '@/pages/search/words'

const settings: SearchSettings = {
  version: 2,
  synonyms: [
    ['拿铁', 'latte'],
    ['帆布袋', 'tote'],
  ],
  pinned: ['新品'],
  blocked: ['退款'],
}

describe('words', () => {
  it('are equal whatever their case, width and blanks', () => {
    expect(fold(' ＬＡＴＴＥ ')).toBe('latte')
    expect(fold('Flat　 White')).toBe('flat white')
    expect(distinct(['Latte', 'latte', ' ', '拿铁'])).toEqual(['Latte', '拿铁'])
  })
  it('are parted by commas of both languages, not by blanks', () => {
    expect(parted('flat white，拿铁、latte, mocha\n')).toEqual(['flat white', '拿铁', 'latte', 'mocha'])
  })
})

describe('search settings', () => {
  it('join the groups that a new synonym touches', () => {
    expect(withSynonyms(settings, ['那铁', 'LATTE']).synonyms).toEqual([
      ['帆布袋', 'tote'],
      ['拿铁', 'latte', '那铁'],
    ])
    expect(withSynonyms(settings, ['latte', 'tote']).synonyms).toEqual([['拿铁', 'latte', '帆布袋', 'tote']])
    expect(withSynonyms(settings, ['杯子', 'mug']).synonyms).toHaveLength(3)
    expect(settings.synonyms).toHaveLength(2)
  })
  it('never pin and block one word', () => {
    expect(withPinned(settings, '退款')).toMatchObject({ pinned: ['新品', '退款'], blocked: [] })
    expect(withBlocked(settings, '新品')).toMatchObject({ pinned: [], blocked: ['退款', '新品'] })
    expect(problemsOf({ ...settings, blocked: ['新品'] }).pinned?.key).toBe('searching.pinnedBlocked')
  })
  it('say what they hold of a searched word', () => {
    expect(markOf(settings, 'Latte')).toEqual({ synonyms: ['拿铁'], pinned: false, blocked: false })
    expect(markOf(undefined, 'x')).toEqual({ synonyms: [], pinned: false, blocked: false })
  })
  it('are checked as the server checks them', () => {
    expect(problemsOf(settings)).toEqual({})
    expect(problemsOf({ ...settings, synonyms: [['one'], ['a', 'b'], ['B', 'c']] })).toEqual({
      'synonyms.0': { key: 'searching.alone' },
      'synonyms.2': { key: 'searching.twice', values: { word: 'B' } },
    })
    expect(problemsOf({ ...settings, pinned: Array.from({ length: 13 }, (_, at) => `w${at}`) }).pinned?.key).toBe('searching.tooMany')
  })
})
