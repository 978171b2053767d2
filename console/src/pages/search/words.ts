// Changes to the search settings: groups of synonyms, pinned and blocked hot words. The server folds words the same way.
import type { SearchSettings } from '@/api/types'

export const MOST = { groups: 200, group: 12, pinned: 12, blocked: 200, letters: 50 }

/** Blanks counted once; what is kept of a typed word. */
export function tidy(word: string): string {
  return word.trim().replace(/\s+/g, ' ').slice(0, MOST.letters)
}
/** Words equal but for case and width are one word. */
export function fold(word: string): string {
  return tidy(word.replace(/[\uff01-\uff5e]/g, (char) => String.fromCharCode(char.charCodeAt(0) - 0xfee0)).replaceAll('\u3000', ' ').toLowerCase())
}
/** The words without blanks and repetitions, in their order. */
export function distinct(words: readonly string[]): string[] {
  const seen = new Map<string, string>()
  for (const word of words) if (fold(word) !== '' && !seen.has(fold(word))) seen.set(fold(word), tidy(word))
  return [...seen.values()]
}
/** The words that a typed or pasted text holds; a comma or a line's end parts them, a blank does not ("flat white"). */
export function parted(text: string): string[] {
  return distinct(text.split(/[,，、;；\n\t]+/))
}
function has(words: readonly string[], word: string): boolean {
  return words.some((one) => fold(one) === fold(word))
}

/** Makes these words find each other: groups that hold one of them already become one group with them. */
export function withSynonyms(settings: SearchSettings, words: readonly string[]): SearchSettings {
  const touched = settings.synonyms.filter((group) => group.some((word) => has(words, word)))
  const rest = settings.synonyms.filter((group) => !touched.includes(group))
  return { ...settings, synonyms: [...rest, distinct([...touched.flat(), ...words])] }
}
/** Puts a hot word in front of the counted ones; what is pinned is no longer blocked. */
export function withPinned(settings: SearchSettings, word: string): SearchSettings {
  return { ...settings, pinned: distinct([...settings.pinned, word]), blocked: settings.blocked.filter((one) => fold(one) !== fold(word)) }
}
/** Keeps a word out of the hot ones, pinned or not. */
export function withBlocked(settings: SearchSettings, word: string): SearchSettings {
  return { ...settings, blocked: distinct([...settings.blocked, word]), pinned: settings.pinned.filter((one) => fold(one) !== fold(word)) }
}

export interface WordMark {
  /** What it finds besides itself. */
  synonyms: string[]
  pinned: boolean
  blocked: boolean
}
/** What the settings say of a searched word. */
export function markOf(settings: SearchSettings | undefined, word: string): WordMark {
  if (!settings) return { synonyms: [], pinned: false, blocked: false }
  const group = settings.synonyms.find((one) => has(one, word)) ?? []
  return { synonyms: group.filter((one) => fold(one) !== fold(word)), pinned: has(settings.pinned, word), blocked: has(settings.blocked, word) }
}

export interface Wrong {
  key: string
  values?: Record<string, string | number>
}
/** What is wrong, by field path as the server names them ("synonyms.0", "pinned", "blocked"). */
export function problemsOf(settings: SearchSettings): Record<string, Wrong> {
  const wrong: Record<string, Wrong> = {}
  const seen = new Set<string>()
  settings.synonyms.forEach((group, at) => {
    const twice = group.find((word) => seen.has(fold(word)))
    if (group.length < 2) wrong[`synonyms.${at}`] = { key: 'searching.alone' }
    else if (twice !== undefined) wrong[`synonyms.${at}`] = { key: 'searching.twice', values: { word: twice } }
    else if (group.length > MOST.group) wrong[`synonyms.${at}`] = { key: 'searching.tooMany', values: { n: MOST.group } }
    for (const word of group) seen.add(fold(word))
  })
  const both = settings.pinned.find((word) => has(settings.blocked, word))
  if (settings.pinned.length > MOST.pinned) wrong.pinned = { key: 'searching.tooMany', values: { n: MOST.pinned } }
  else if (both !== undefined) wrong.pinned = { key: 'searching.pinnedBlocked', values: { word: both } }
  if (settings.blocked.length > MOST.blocked) wrong.blocked = { key: 'searching.tooMany', values: { n: MOST.blocked } }
  return wrong
}
