import type { Order, Time } from '@/api/types'

export type StageName = 'placed' | 'paid' | 'making' | 'ready' | 'packing' | 'shipped' | 'delivering' | 'handed' | 'done'
export interface Stage { name: StageName; state: 'past' | 'now' | 'next'; at: Time | null }

const STAGES: Record<string, StageName[]> = {
  pickup: ['paid', 'making', 'ready', 'done'],
  dine_in: ['paid', 'making', 'ready', 'done'],
  delivery: ['paid', 'making', 'delivering', 'done'],
  express: ['paid', 'packing', 'shipped', 'done'],
  virtual: ['paid', 'handed', 'done'],
}
/** The event kinds that tell when a stage was reached. */
const EVENTS: Record<StageName, string[]> = {
  placed: ['placed'],
  paid: ['paid'],
  making: ['preparing', 'making'],
  packing: ['preparing', 'packed'],
  ready: ['ready'],
  shipped: ['shipped'],
  delivering: ['out_for_delivery', 'picked', 'assigned'],
  handed: ['handed_out'],
  done: ['handed_over', 'delivered'],
}

/** How far an order has come, from its own status and its fulfillments'; -1 before it is paid. */
export function reached(order: Order): number {
  const names = STAGES[order.delivery_method] ?? STAGES.express!
  if (order.status === 'completed') return names.length - 1
  if (order.delivery_method === 'virtual') return order.status === 'fulfilled' ? 1 : order.status === 'paid' || order.status === 'preparing' ? 0 : -1
  if (order.status === 'fulfilled') return order.delivery_method === 'express' ? 2 : names.length - 1
  if (order.status !== 'paid' && order.status !== 'preparing') return -1
  const states = order.fulfillments.map((one) => one.status)
  if (states.some((state) => ['ready', 'shipped', 'picked'].includes(state))) return 2
  return order.status === 'preparing' ? 1 : 0
}

/** The stages of the progress picture; an order that was cancelled or is not paid has none. */
export function stages(order: Order): Stage[] {
  const at = reached(order)
  if (at < 0) return []
  return (STAGES[order.delivery_method] ?? STAGES.express!).map((name, index) => ({
    name,
    state: index < at ? 'past' : index === at ? 'now' : 'next',
    at: index <= at ? ((name === 'done' && order.completed_at) || order.timeline.find((event) => EVENTS[name].includes(event.kind))?.at || null) : null,
  }))
}

/** What the words about an order depend on: food is made, goods are put together; both by how they reach the buyer. */
export interface Worded { delivery_method: string; store: { layout: string } }
const food = (order: Worded) => order.store.layout === 'menu'

/** The key of what the number of an order is called: called out to a table, fetched as food, fetched as goods. */
export function numberWord(order: Worded): string {
  return order.delivery_method === 'dine_in' ? 'paid.callNumber' : food(order) ? 'paid.pickupNumber' : 'paid.goodsNumber'
}

/** The key of how an order stands: that its money has gone back says more than its state. */
export function statusWord(order: Worded & { status: string; refund_status: string | null; partly_shipped: boolean }): string {
  if (order.refund_status) return `order.refund.${order.refund_status === 'refunded' && order.status !== 'cancelled' ? 'all' : order.refund_status}`
  if (order.partly_shipped) return 'order.partly'
  if (order.delivery_method === 'virtual' && order.status === 'fulfilled') return 'order.status.handed'
  return `order.status.${order.status === 'preparing' && !food(order) ? 'packing' : order.status}`
}

/** The key of a stage's words: at a table nobody comes to fetch it, and goods are not cooked. */
export function stageWords(name: StageName, order: Worded): string {
  if (name === 'ready' && order.delivery_method === 'dine_in') return 'stage.readyTable'
  return `stage.${(name === 'making' || name === 'ready') && !food(order) ? `${name}Goods` : name}`
}

/** The key of what was promised for goods sold in advance: fetched goods are made ready, others are sent. */
export function promiseWord(kind: 'days' | 'at' | 'by', method?: string): string {
  return `presale.${kind}${method === 'pickup' || method === 'dine_in' ? 'Ready' : ''}`
}

/** Whether anything can still happen to an order by itself, so that its page should listen. */
export function alive(order: { status: string; refund_status: string | null }): boolean {
  return !['completed', 'cancelled'].includes(order.status) || order.refund_status === 'processing'
}
