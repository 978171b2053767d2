import { useMutation, useQueryClient } from '@tanstack/vue-query'
import { MessagePlugin } from 'tdesign-vue-next'
import { useI18n } from 'vue-i18n'

import { api, unwrap } from '@/api/client'
import type { ReturnCase } from '@/api/types'
import { storeId } from '@/session/session'

export interface Inspected {
  order_line_id: string
  accepted: number
  restock: 'shelf' | 'write_off'
  location_id: string | null
}
/** What one decision needs besides the case. `key` makes a repeated press the same press. */
export type Decision = { key: string } & (
  | { action: 'approve'; amount: number | null; note: string }
  | { action: 'reject'; reason: string }
  | { action: 'refund' | 'retry_refund'; amount: number | null; reason: string }
  | { action: 'inspect'; lines: Inspected[]; amount: number | null; reason: string; waybill: string; carrier: string }
  | { action: 'take_in'; lines: Inspected[] }
  | { action: 'reship'; waybill: string; carrier: string }
  | { action: 'message'; text: string; pictures: string[] }
  | { action: 'appeal'; granted: boolean; note: string }
)

const BASE = '/api/console/stores/{store_id}/returns/{return_id}' as const

function send(store: string, id: string, wish: Decision): Promise<ReturnCase> {
  const params = { path: { store_id: store, return_id: id }, header: { 'Idempotency-Key': wish.key } }
  switch (wish.action) {
    case 'approve':
      return unwrap(api.POST(`${BASE}/approve`, { params, body: { restock: 'shelf', note: wish.note, ...(wish.amount === null ? {} : { amount: wish.amount }) } }))
    case 'reject':
      return unwrap(api.POST(`${BASE}/reject`, { params, body: { reason: wish.reason } }))
    case 'refund':
    case 'retry_refund':
      return unwrap(api.POST(`${BASE}/refund`, { params, body: { reason: wish.reason, ...(wish.amount === null ? {} : { amount: wish.amount }) } }))
    case 'inspect': {
      const reship = wish.waybill ? { reship: parcel(wish) } : {}
      return unwrap(
        api.POST(`${BASE}/inspect`, { params, body: { lines: wish.lines, reason: wish.reason, ...(wish.amount === null ? {} : { amount: wish.amount }), ...reship } }),
      )
    }
    case 'take_in':
      return unwrap(api.POST(`${BASE}/take-in`, { params, body: { lines: wish.lines } }))
    case 'reship':
      return unwrap(api.POST(`${BASE}/reship`, { params, body: parcel(wish) }))
    case 'message':
      return unwrap(api.POST(`${BASE}/messages`, { params, body: { text: wish.text, picture_ids: wish.pictures } }))
    case 'appeal':
      return unwrap(api.POST(`${BASE}/appeal`, { params, body: { granted: wish.granted, note: wish.note } }))
  }
}

function parcel(wish: { waybill: string; carrier: string }): { waybill: string; carrier?: string } {
  return { waybill: wish.waybill.replace(/\s+/g, ''), ...(wish.carrier ? { carrier: wish.carrier } : {}) }
}

/** Decides about one case and puts the answer where every list and page finds it. */
export function useReturnAction(id: () => string) {
  const store = storeId()
  const queries = useQueryClient()
  const { t } = useI18n()
  return useMutation({
    mutationFn: (wish: Decision) => send(store, id(), wish),
    onSuccess: (found, wish) => {
      queries.setQueryData([store, 'return', found.id], found)
      for (const kind of ['returns', 'appeals', 'orders', 'dashboard', 'stock']) void queries.invalidateQueries({ queryKey: [store, kind] })
      void queries.invalidateQueries({ queryKey: [store, 'order', found.order_id] })
      if (wish.action !== 'message') void MessagePlugin.success(t('returns.done', { action: t(`returns.act.${wish.action}`) }))
    },
  })
}
