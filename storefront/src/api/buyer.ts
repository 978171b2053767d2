import { api } from './index'
import type {
  Address, AddressInput, Cart, Chosen, CombinedPayment, Customer, Order, OrderPage, PayMethod, PaymentAttempt, PlaceRequest, Quote, QuoteRequest,
  Session, Uuid,
} from './types'

// What belongs to one buyer or guest.
export const getCart = () => api.get<Cart>('/cart', { who: 'any' })
export const addLine = (line: { store_id: Uuid; sku_id: Uuid; modifiers: Chosen[]; quantity: number }) =>
  api.post<Cart>('/cart/lines', line, { who: 'any', once: true })
export const changeLine = (id: Uuid, change: { quantity?: number; selected?: boolean }) => api.patch<Cart>(`/cart/lines/${id}`, change, { who: 'any' })
export const removeLine = (id: Uuid) => api.delete<Cart>(`/cart/lines/${id}`, { who: 'any' })
export const selectLines = (lines: Uuid[], selected: boolean) =>
  api.post<Cart>('/cart/select', { line_ids: lines, selected }, { who: 'any' })

export const askQuote = (request: QuoteRequest) => api.post<Quote>('/quote', request, { who: 'buyer' })
export const placeOrders = (request: PlaceRequest) =>
  api.post<{ orders: Order[] }>('/orders', request, { who: 'buyer', once: true, timeoutMs: 15_000 }).then((answer) => answer.orders)

export type OrderState = 'all' | 'unpaid' | 'active' | 'done'
export const getOrders = (state: OrderState, cursor: string | null) => api.get<OrderPage>('/orders', { who: 'buyer', query: { state, cursor } })
const orderPath = (store: Uuid, order: Uuid) => `/stores/${store}/orders/${order}`
export const getOrder = (store: Uuid, order: Uuid) => api.get<Order>(orderPath(store, order), { who: 'buyer' })
export const getPromise = (store: Uuid, order: Uuid) => api.get<{ ships_by: string | null }>(`${orderPath(store, order)}/presale`, { who: 'buyer' })
export const getHandout = (store: Uuid, order: Uuid) => api.get<{ text: string }>(`${orderPath(store, order)}/handout`, { who: 'buyer' })
export const cancelOrder = (store: Uuid, order: Uuid, reason: string) => api.post<Order>(`${orderPath(store, order)}/cancel`, { reason }, { who: 'buyer' })
export const receiveOrder = (store: Uuid, order: Uuid) => api.post<Order>(`${orderPath(store, order)}/receive`, {}, { who: 'buyer' })
/** The platform's component said that the buyer confirmed; the server asks the platform. */
export const confirmReceipt = (store: Uuid, order: Uuid) => api.post<Order>(`${orderPath(store, order)}/receipt`, {}, { who: 'buyer' })
export const reorder = (store: Uuid, order: Uuid) => api.post<Cart>(`${orderPath(store, order)}/reorder`, {}, { who: 'buyer', once: true })

/** How to pay: where an H5 payment comes back to, and whether a JSAPI one is made on a page inside WeChat. */
export interface PayWay { method: PayMethod; return_url?: string; place?: 'official_account' }
export const startPayment = (store: Uuid, order: Uuid, way: PayWay) =>
  api.post<PaymentAttempt>(
    `${orderPath(store, order)}/payments`,
    way,
    { who: 'buyer', once: true, timeoutMs: 15_000 },
  )
export const checkPayment = (store: Uuid, order: Uuid, attempt: Uuid) =>
  api.post<PaymentAttempt>(`${orderPath(store, order)}/payments/${attempt}/check`, {}, { who: 'buyer', timeoutMs: 15_000 })

/** One payment for orders of several stores; 409 `payment_not_combinable` where they must be paid one by one. */
export const startTogether = (orders: { store_id: Uuid; order_id: Uuid }[], way: PayWay) =>
  api.post<CombinedPayment>(
    '/payments', { orders, ...way }, { who: 'buyer', once: true, timeoutMs: 15_000 },
  )
export const checkTogether = (payment: Uuid) => api.post<CombinedPayment>(`/payments/${payment}/check`, {}, { who: 'buyer', timeoutMs: 15_000 })

/** Where a page inside WeChat sends its buyer to be known there, and what they come back with. */
export const authorizePage = () => api.post<{ url: string }>('/me/wechat-page/authorization', {}, { who: 'buyer' })
export const knowPageBuyer = (came: { code: string; state: string }) => api.post<void>('/me/wechat-page', came, { who: 'buyer', timeoutMs: 15_000 })

export const getAddresses = () => api.get<{ items: Address[] }>('/addresses', { who: 'buyer' }).then((answer) => answer.items)
export const saveAddress = (address: AddressInput, id?: Uuid) =>
  id ? api.put<Address>(`/addresses/${id}`, address, { who: 'buyer' }) : api.post<Address>('/addresses', address, { who: 'buyer', once: true })
export const removeAddress = (id: Uuid) => api.delete<void>(`/addresses/${id}`, { who: 'buyer' })

export const askPhoneCode = (phone: string) => api.post<{ expires_in: number; resend_in: number }>('/session/phone-code', { phone })
export const signInWithPhone = (phone: string, code: string) => api.post<Session>('/session/phone', { phone, code }, { who: 'maybe' })
export const signOut = (refreshToken: string) => api.post<void>('/session/sign-out', { refresh_token: refreshToken }, { who: 'buyer' })
export const changeMe = (change: { nickname?: string; locale?: 'zh' | 'en' }) => api.patch<Customer>('/me', change, { who: 'buyer' })
/** The number one signed in with, for one's own forms. */
export const myPhone = () => api.get<{ phone: string | null }>('/me/phone', { who: 'buyer' })
export const givePhone = (code: string) => api.post<Customer>('/me/phone', { code }, { who: 'buyer' })
export const consent = (version: string) => api.post<void>('/me/consents', { kind: 'privacy', version }, { who: 'buyer' })
export const subscribe = (store: Uuid, templates: string[]) => api.post<void>('/subscriptions', { store_id: store, template_ids: templates }, { who: 'buyer' })
export const liveTicket = () => api.post<{ ticket: string; expires_in: number }>('/live/ticket', {}, { who: 'buyer' })
