import type { Fulfillment, Order, OrderStatus } from '@/api/types'

export type Tone = 'seal' | 'good' | 'warn' | 'info' | 'calm'

/** Vermilion means that the merchant must act. */
export const STATUS_TONES: Record<OrderStatus, Tone> = {
  pending_payment: 'warn',
  closing: 'calm',
  cancelled: 'calm',
  paid: 'seal',
  preparing: 'info',
  fulfilled: 'info',
  completed: 'good',
}

export function fulfillmentTone(status: Fulfillment['status']): Tone {
  if (status === 'delivered' || status === 'handed_over') return 'good'
  return status === 'ready' ? 'seal' : 'info'
}

/** How a shipping report stands with the platform. */
export const REPORT_TONES: Record<Order['shipping_report']['state'], Tone> = {
  none: 'calm',
  waiting: 'info',
  partly: 'info',
  sent: 'good',
  failed: 'seal',
  unneeded: 'calm',
}
