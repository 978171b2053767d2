import type { Picture, Return, Returnable, ReturnableLine, ReturnApply, ReturnKind, ReturnReason, ReturnStatus, Time, Uuid } from '@/api/types'

/** A picture on its way to the server. `percent` runs while it is neither there (`picture`) nor failed. */
export interface Upload { key: number; file: string; percent: number; failed: boolean; picture: Picture | null }
export interface Wanted { quantity: number; sku: Uuid | null }
export interface Draft { kind: ReturnKind | ''; reason: ReturnReason | ''; lines: Record<Uuid, Wanted>; text: string; uploads: Upload[] }

export const MOST_PICTURES = 9

/** The lines that can be asked for in this way: what never left cannot be sent back, what has no other spec not exchanged. */
export function linesFor(kind: ReturnKind | '', found: Returnable): ReturnableLine[] {
  if (kind === 'exchange') return found.lines.filter((line) => line.sent > 0 && line.exchange.length)
  if (kind === 'return_refund') return found.lines.filter((line) => line.sent > 0)
  return found.lines
}

export function reasonsFor(kind: ReturnKind | '', found: Returnable): Returnable['reasons'] {
  return kind ? found.reasons.filter((reason) => reason.kinds.includes(kind)) : []
}

/** What the chosen units give back by the lines alone, in fen: shown at once, until the server has answered. */
export function linesAmount(draft: Draft, found: Returnable): number {
  if (draft.kind === 'exchange') return 0
  return chosen(draft, found).reduce((sum, line) => sum + (line.amounts[draft.lines[line.order_line_id]!.quantity - 1] ?? 0), 0)
}

function chosen(draft: Draft, found: Returnable): ReturnableLine[] {
  return linesFor(draft.kind, found).filter((line) => (draft.lines[line.order_line_id]?.quantity ?? 0) > 0)
}

/** After the kind changed: what no longer fits is taken out, and what leaves no choice is chosen. */
export function refit(draft: Draft, found: Returnable): Draft {
  const lines: Record<Uuid, Wanted> = {}
  const offered = linesFor(draft.kind, found).filter((line) => line.available > 0)
  for (const line of offered) {
    const kept = draft.lines[line.order_line_id]
    if (!kept && offered.length > 1) continue
    const sku = draft.kind === 'exchange' ? (kept?.sku ?? (line.exchange.length === 1 ? line.exchange[0]!.sku_id : null)) : null
    lines[line.order_line_id] = { quantity: Math.min(kept?.quantity ?? line.available, line.available), sku }
  }
  const reasons = reasonsFor(draft.kind, found)
  const reason = reasons.some((one) => one.code === draft.reason) ? draft.reason : reasons.length === 1 ? reasons[0]!.code : ''
  return { ...draft, lines, reason }
}

/** The key of what is still missing, '' when the request can be sent. */
export function draftFault(draft: Draft, found: Returnable): string {
  if (!draft.kind) return 'returns.fault.kind'
  const lines = chosen(draft, found)
  if (!lines.length) return 'returns.fault.lines'
  if (draft.kind === 'exchange' && lines.some((line) => !draft.lines[line.order_line_id]!.sku)) return 'returns.fault.exchange'
  if (!draft.reason) return 'returns.fault.reason'
  if (draft.uploads.some((one) => one.failed)) return 'returns.fault.failed'
  return draft.uploads.some((one) => !one.picture) ? 'returns.fault.uploading' : ''
}

/** The request as it is sent; only for a draft without fault. */
export function requestOf(draft: Draft, found: Returnable): ReturnApply {
  const lines = chosen(draft, found).map((line) => {
    const wanted = draft.lines[line.order_line_id]!
    return { order_line_id: line.order_line_id, quantity: wanted.quantity, ...(wanted.sku && { exchange_sku_id: wanted.sku }) }
  })
  return { kind: draft.kind as ReturnKind, reason: draft.reason as ReturnReason, lines, description: draft.text.trim(), picture_ids: draft.uploads.map((one) => one.picture!.id) }
}

export interface StepShown { status: ReturnStatus; state: 'past' | 'now' | 'next'; at: Time | null }
/** The picture of the progress: what is past, where it is now, what is still ahead. */
export function stepsShown(found: Pick<Return, 'steps' | 'status'>): StepShown[] {
  const last = found.steps.reduce((at, step, index) => (step.at ? index : at), 0)
  return found.steps.map((step, index) => ({ status: step.status, at: step.at ?? null, state: index < last ? 'past' : index === last ? 'now' : 'next' }))
}

/** How much time is left as a key and its numbers: days from two days on, then hours, at the end minutes. @param ms milliseconds */
export function timeLeft(ms: number): { key: string; named: Record<string, number> } {
  const seconds = Math.max(0, Math.ceil(ms / 1000))
  const [d, h, m, s] = [Math.floor(seconds / 86_400), Math.floor(seconds / 3600) % 24, Math.floor(seconds / 60) % 60, seconds % 60]
  if (d) return { key: 'returns.days', named: { d, h } }
  return h ? { key: 'returns.hours', named: { h, m } } : { key: 'returns.minutes', named: { m, s } }
}

/** Whether something can still happen by itself or by the other side. */
export function returnAlive(status: ReturnStatus): boolean {
  return !['refunded', 'completed', 'withdrawn', 'closed'].includes(status)
}

/** Whether a return may be asked for at all, which is over once everything was given back; what exactly, the server says. */
export function mayAskReturn(order: { status: string; refund_status: string | null }): boolean {
  return ['paid', 'preparing', 'fulfilled', 'completed'].includes(order.status) && !order.refund_status
}
