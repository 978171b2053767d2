/** Mixes two colours (#rrggbb), `share` of the first in 0..1. Used to derive a store's soft seal colour. */
export function mix(first: string, second: string, share: number): string {
  const part = (colour: string, at: number) => parseInt(colour.slice(1 + at * 2, 3 + at * 2), 16)
  return `#${[0, 1, 2].map((at) => Math.round(part(first, at) * share + part(second, at) * (1 - share)).toString(16).padStart(2, '0')).join('')}`
}

/** The inline variables of a store's own seal colour; empty when the store has none (or a malformed one). */
export function sealStyle(theme: { seal?: string | null; seal_dark?: string | null } | undefined, dark: boolean): string {
  const colour = dark ? theme?.seal_dark : theme?.seal
  if (!colour || !/^#[0-9a-f]{6}$/i.test(colour)) return ''
  return `--seal:${colour};--seal-soft:${mix(colour, dark ? '#16130f' : '#ffffff', dark ? 0.22 : 0.1)};`
}
