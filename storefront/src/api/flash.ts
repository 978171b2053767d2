import { api } from './index'
import type { FlashPlace, FlashQueued, FlashSales, FlashTicket, Uuid } from './types'

export const getFlashSales = (slug: string) => api.get<FlashSales>(`/stores/${slug}/flash`)

/** Asks for a place: a place, or a ticket while many are before us. `key` stays the same until one of them is settled. */
export const askPlace = (store: Uuid, sale: Uuid, sku: Uuid, quantity: number, key: string) =>
  api.post<FlashPlace | FlashQueued>(`/stores/${store}/flash/${sale}/places`, { sku_id: sku, quantity }, { who: 'buyer', key, timeoutMs: 15_000 })
export const readTicket = (store: Uuid, sale: Uuid, ticket: Uuid) =>
  api.get<FlashTicket>(`/stores/${store}/flash/${sale}/places/${ticket}`, { who: 'buyer' })
