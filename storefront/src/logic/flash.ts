import type { FlashItem, FlashPlace, FlashQueued, FlashSale, FlashTicket, Time } from '@/api/types'

export type Phase = 'coming' | 'running' | 'over'

/** How far the phone's clock is behind the server's (ms), from an answer that carries the server's. @param now the phone's, ms since the epoch */
export function clockOffset(server: Time, now: number): number {
  const at = Date.parse(server)
  return Number.isNaN(at) ? 0 : at - now
}

/** @param now the server's clock, ms since the epoch */
export function phaseOf(sale: Pick<FlashSale, 'starts_at' | 'ends_at'>, now: number): Phase {
  if (now < Date.parse(sale.starts_at)) return 'coming'
  return now < Date.parse(sale.ends_at) ? 'running' : 'over'
}

/** Milliseconds to the next turn of a sale: its start, or its end; 0 when it is over. */
export function turnMs(sale: Pick<FlashSale, 'starts_at' | 'ends_at'>, now: number): number {
  return Math.max(0, Date.parse(phaseOf(sale, now) === 'coming' ? sale.starts_at : sale.ends_at) - now)
}

/** Days, hours, minutes and seconds that are left, two digits each but the days. @param ms milliseconds */
export function clockParts(ms: number): { days: number; hours: string; minutes: string; seconds: string } {
  const all = Math.max(0, Math.ceil(ms / 1000))
  const two = (value: number) => String(value).padStart(2, '0')
  return { days: Math.floor(all / 86_400), hours: two(Math.floor(all / 3600) % 24), minutes: two(Math.floor(all / 60) % 60), seconds: two(all % 60) }
}

/** What a strip shows of a store's sales: what runs (soonest to end), else what comes first. */
export function foremost(sales: FlashSale[], now: number): FlashSale | null {
  const live = (phase: Phase) => sales.filter((sale) => phaseOf(sale, now) === phase).sort((a, b) => turnMs(a, now) - turnMs(b, now))[0]
  return live('running') ?? live('coming') ?? null
}

/** A place that is held, as this device remembers it; `offset` as `clockOffset` says it. */
export interface Held { token: string; saleId: string; skuId: string; quantity: number; price: number; expiresAt: Time; offset: number }

export function heldOf(place: FlashPlace, offset: number): Held {
  return { token: place.token, saleId: place.sale_id, skuId: place.sku_id, quantity: place.quantity, price: place.price, expiresAt: place.expires_at, offset }
}

/** Milliseconds that a place is still held. @param now the phone's clock */
export function heldMs(held: Pick<Held, 'expiresAt' | 'offset'>, now: number): number {
  return Math.max(0, Date.parse(held.expiresAt) - now - held.offset)
}

export type Offer = 'coming' | 'over' | 'held' | 'queued' | 'soldOut' | 'ask'

/** What the button of an item is about. A place that is held counts even after the sale has ended: it can still be ordered. */
export function offerOf(item: FlashItem, phase: Phase, held: boolean, queued: boolean): Offer {
  if (held) return 'held'
  if (queued) return 'queued'
  if (phase !== 'running') return phase
  return item.left < 1 ? 'soldOut' : 'ask'
}

export interface Queue {
  /** Asks for a place; each time under the same key, so that asking again cannot take two. */
  ask(): Promise<FlashPlace | FlashQueued>
  read(ticket: string): Promise<FlashTicket>
  /** What the buyer sees meanwhile; position null: not known just now. */
  waiting(position: number | null, waitMs: number | null): void
  pause(ms: number): Promise<void>
  /** False when the buyer has left: nobody waits for the answer any more. */
  alive(): boolean
}
export type Sought = { place: FlashPlace } | { refusal: { code: string; message: string } } | null

/** How long to wait before asking for a ticket again (ms): what the server estimates, within half a second and three. */
export function pollMs(estimate: number | null | undefined): number {
  return Math.min(3000, Math.max(500, estimate ?? 1000))
}

/**
 * Gets a place, through the queue when there is one. Null: the buyer left meanwhile.
 * @throws whatever `ask` and `read` throw
 */
export async function seekPlace(queue: Queue): Promise<Sought> {
  for (;;) {
    const answer = await queue.ask()
    if ('token' in answer) return { place: answer }
    let wait: number | null = answer.wait_ms_estimate
    queue.waiting(answer.position, wait)
    for (;;) {
      await queue.pause(pollMs(wait))
      if (!queue.alive()) return null
      const ticket = await queue.read(answer.ticket)
      if (ticket.status === 'placed' && ticket.place) return { place: ticket.place }
      if (ticket.status === 'refused' && ticket.refusal) return { refusal: ticket.refusal }
      if (ticket.status === 'again') break
      wait = ticket.wait_ms_estimate ?? null
      queue.waiting(ticket.position ?? null, wait)
    }
  }
}
