import { api } from './index'
import { absolute } from './host'
import { ApiError, problemFrom } from './problem'
import { language } from '@/i18n/language'
import type { Picture, Return, ReturnApply, ReturnPage, ReturnPreview, ReturnSummary, Returnable, Uuid } from './types'

// After-sale: what a buyer asks for when something is wrong with an order.
const ofOrder = (store: Uuid, order: Uuid) => `/stores/${store}/orders/${order}`
const one = (store: Uuid, id: Uuid) => `/stores/${store}/returns/${id}`
const buyer = { who: 'buyer' } as const
const once = { who: 'buyer', once: true, timeoutMs: 15_000 } as const

export const getReturnable = (store: Uuid, order: Uuid) => api.get<Returnable>(`${ofOrder(store, order)}/returnable`, buyer)
export const previewReturn = (store: Uuid, order: Uuid, wish: ReturnApply) => api.post<ReturnPreview>(`${ofOrder(store, order)}/returns/preview`, wish, buyer)
export const applyForReturn = (store: Uuid, order: Uuid, wish: ReturnApply) => api.post<Return>(`${ofOrder(store, order)}/returns`, wish, once)
export const getReturnsOf = (store: Uuid, order: Uuid) => api.get<{ items: ReturnSummary[] }>(`${ofOrder(store, order)}/returns`, buyer).then((answer) => answer.items)
export const getReturns = (cursor: string | null) => api.get<ReturnPage>('/returns', { who: 'buyer', query: { cursor } })
export const getReturn = (store: Uuid, id: Uuid) => api.get<Return>(one(store, id), buyer)
export const sayInReturn = (store: Uuid, id: Uuid, text: string, pictures: Uuid[]) => api.post<Return>(`${one(store, id)}/messages`, { text, picture_ids: pictures }, once)
export const sendBack = (store: Uuid, id: Uuid, waybill: string, carrier: string | null) =>
  api.post<Return>(`${one(store, id)}/send-back`, carrier ? { waybill, carrier } : { waybill }, buyer)
export const withdrawReturn = (store: Uuid, id: Uuid) => api.post<Return>(`${one(store, id)}/withdraw`, {}, buyer)
export const confirmExchange = (store: Uuid, id: Uuid) => api.post<Return>(`${one(store, id)}/confirm`, {}, buyer)
export const appealReturn = (store: Uuid, id: Uuid, reason: string, pictures: Uuid[]) => api.post<Return>(`${one(store, id)}/appeal`, { reason, picture_ids: pictures }, buyer)

/**
 * Sends a chosen picture of an order. `progress` hears 0 to 100.
 * @throws ApiError like any call
 */
export async function uploadReturnPicture(store: Uuid, order: Uuid, file: string, progress: (percent: number) => void): Promise<Picture> {
  const authorization = await api.authorization()
  return new Promise((resolve, reject) => {
    const task = uni.uploadFile({
      url: absolute(`/api/shop${ofOrder(store, order)}/returns/pictures`),
      filePath: file,
      name: 'file',
      header: { Authorization: authorization, 'Accept-Language': language() },
      timeout: 60_000,
      success(answer) {
        let body: unknown = null
        try { body = JSON.parse(answer.data) } catch { body = null /* a proxy's page: the status says enough */ }
        if (answer.statusCode < 400) resolve(body as Picture)
        else reject(problemFrom(answer.statusCode, body, undefined))
      },
      fail: () => reject(new ApiError(0, 'offline', '')),
    })
    task?.onProgressUpdate?.((now) => progress(now.progress))
  })
}
