import { expect, it } from 'vitest'

import { en } from '@/i18n/en'
import { zh } from '@/i18n/zh'

function leaves(messages: object, path = ''): [string, string][] {
  return Object.entries(messages).flatMap(([key, value]) =>
    typeof value === 'string' ? [[`${path}${key}`, value] as [string, string]] : leaves(value as object, `${path}${key}.`),
  )
}
const chinese = new Map(leaves(zh))
const english = new Map(leaves(en))

it('has every text in both languages', () => {
  expect([...english.keys()].sort()).toEqual([...chinese.keys()].sort())
  for (const [key, text] of [...chinese, ...english]) expect(text.trim(), key).not.toBe('')
})

it('names the same values in both', () => {
  const names = (text: string): string[] => [...new Set([...text.matchAll(/\{(\w+)\}/g)].map((match) => match[1] ?? ''))].sort()
  for (const [key, text] of chinese) expect(names(english.get(key) ?? ''), key).toEqual(names(text))
})

it('keeps Chinese out of the English texts', () => {
  for (const [key, text] of english) if (key !== 'shell.language') expect(text, key).not.toMatch(/[\u4e00-\u9fff]/)
})

it('gives each group of texts one home: a second one would take the place of the first', () => {
  const homes = Object.values(import.meta.glob<{ default?: object }>('../src/i18n/zh/*.ts', { eager: true }))
  const groups = homes.flatMap((home) => Object.keys(home.default ?? {}))
  expect(groups.filter((group, at) => groups.indexOf(group) !== at)).toEqual([])
})
