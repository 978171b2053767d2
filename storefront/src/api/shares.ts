import { api } from './index'
import type { Fen, MerchantTransfer, ShareAccount, Uuid } from './types'

// What a person has as somebody's receiver, and how it gets to their WeChat.
const buyer = { who: 'buyer' } as const
const items = (answer: { items: ShareAccount[] }) => answer.items
const one = (store: Uuid, id: Uuid) => `/stores/${store}/withdrawals/${id}`

export const getShares = () => api.get<{ items: ShareAccount[] }>('/me/shares', buyer).then(items)
export const askWithdrawal = (store: Uuid, receiver: Uuid, amount: Fen) =>
  api.post<{ items: ShareAccount[] }>(`/stores/${store}/shares/${receiver}/withdrawals`, { amount }, { who: 'buyer', once: true }).then(items)
export const cancelWithdrawal = (store: Uuid, id: Uuid) => api.post<{ items: ShareAccount[] }>(`${one(store, id)}/cancel`, {}, buyer).then(items)
/** What the client needs to have it confirmed; 409 `withdrawal_not_ready` unless it waits for the person. */
export const confirmWithdrawal = (store: Uuid, id: Uuid) => api.post<MerchantTransfer>(`${one(store, id)}/confirm`, {}, buyer)
export const checkWithdrawal = (store: Uuid, id: Uuid) => api.post<{ items: ShareAccount[] }>(`${one(store, id)}/check`, {}, { who: 'buyer', timeoutMs: 15_000 }).then(items)
