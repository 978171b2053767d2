interface Sorted {
  id: string
  sort: number
}

/**
 * Moves one of `siblings` (in their order) by one place; answers those whose sort number changes.
 * Numbers are given anew from 1 because two may be equal, and then swapping them would change nothing.
 */
export function reordered<T extends Sorted>(siblings: readonly T[], id: string, by: -1 | 1): T[] {
  const at = siblings.findIndex((one) => one.id === id)
  const to = at + by
  if (at < 0 || to < 0 || to >= siblings.length) return []
  const next = [...siblings]
  next.splice(to, 0, ...next.splice(at, 1))
  return next.map((one, index) => ({ ...one, sort: index + 1 })).filter((one) => siblings.find((old) => old.id === one.id)?.sort !== one.sort)
}
