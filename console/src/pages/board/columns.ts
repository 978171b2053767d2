import type { MerchantAction, OrderRow } from '@/api/types'

export type ColumnName = 'new' | 'making' | 'ready' | 'ship' | 'way'

export const COLUMNS: readonly ColumnName[] = ['new', 'making', 'ship', 'ready', 'way']

/** The one step a card offers: the furthest the order can go now, cancelling aside. */
export function nextStep(row: Pick<OrderRow, 'actions'>): MerchantAction | null {
  const order: MerchantAction[] = ['prepare', 'ready', 'ship', 'out_for_delivery', 'hand_over', 'hand_out', 'deliver', 'complete']
  return order.find((action) => row.actions.includes(action)) ?? null
}

/** Where an order hangs, by what it waits for; null when it waits for nothing from the merchant. */
export function columnOf(row: Pick<OrderRow, 'actions' | 'status'>): ColumnName | null {
  if (row.status === 'paid') return 'new'
  switch (nextStep(row)) {
    case 'ready':
      return 'making'
    case 'ship':
      return 'ship'
    case 'hand_over':
    case 'out_for_delivery':
      return 'ready'
    case 'deliver':
      return 'way'
    default:
      return null
  }
}
