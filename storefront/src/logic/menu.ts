import type { Stock, Uuid } from '@/api/types'

/** Which section is at the top of the list. @param tops px from the list's start, ascending */
export function sectionAt(tops: number[], scrollTop: number): number {
  let at = 0
  tops.forEach((top, index) => { if (top <= scrollTop + 12) at = index })
  return at
}

/** The products of which nothing is left, whatever the combination. */
export function soldOut(stock: Stock[]): Set<Uuid> {
  const left = new Map<Uuid, number>()
  for (const one of stock) left.set(one.product_id, (left.get(one.product_id) ?? 0) + (one.sold_out ? 0 : one.available))
  return new Set([...left].filter(([, count]) => count < 1).map(([id]) => id))
}

/** The store and table that a QR code names: in the `scene` of a mini-program code (s=…&t=…) or the query of an H5 address. */
export function entry(query: Record<string, string | undefined>): { store: string; table: string } {
  const scene = new Map(
    decodeURIComponent(query.scene ?? '').split('&').map((pair) => pair.split('=', 2) as [string, string]),
  )
  return {
    store: query.store ?? scene.get('s') ?? scene.get('store') ?? '',
    table: query.table ?? scene.get('t') ?? scene.get('table') ?? '',
  }
}
