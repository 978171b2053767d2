/** A text in three parts around what was typed, for showing it in bold; all in `before` when it is not in there. */
export function marked(text: string, typed: string): { before: string; hit: string; after: string } {
  const wanted = typed.trim().toLowerCase()
  const at = wanted ? text.toLowerCase().indexOf(wanted) : -1
  if (at < 0) return { before: text, hit: '', after: '' }
  return { before: text.slice(0, at), hit: text.slice(at, at + wanted.length), after: text.slice(at + wanted.length) }
}

/** A sentence with `{what}` in it, cut at that place, so that the word itself can be shown otherwise. */
export function around(sentence: string): [string, string] {
  const [before = '', after = ''] = sentence.split('{what}')
  return [before, after]
}

/** The history after a search: the word in front, once, at most twenty. */
export function remembered(history: string[], word: string): string[] {
  return [word, ...history.filter((one) => one !== word)].slice(0, 20)
}
