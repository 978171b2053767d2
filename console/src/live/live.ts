// Live updates: one WebSocket for the chosen store, opened with a 30-second ticket; what changed is fetched again.
import type { QueryClient } from '@tanstack/vue-query'
import { reactive, readonly } from 'vue'

import { api, unwrap } from '@/api/client'

export interface OrderMessage {
  type: 'order'
  order_id: string
  status: string
  event: string
  at: string
}
interface ReportMessage {
  type: 'report'
  order_id: string
  state: string
}
/** Something about the store's money needs somebody; told only to those who may see it. */
export interface MoneyMessage {
  type: 'money'
  event: string
  status: string | null
  date: string | null
  found: number
  again: boolean
}
type Message =
  | MoneyMessage
  | OrderMessage
  | ReportMessage
  | { type: 'return'; return_id: string; order_id: string; status: string }
  | { type: 'stock'; sku_ids: string[] } | { type: 'ready' } | { type: 'ping' }

const state = reactive({ connected: false })
export const live = readonly(state)

/** The longest pause between two attempts to connect, in ms. */
const LONGEST_PAUSE = 30_000

export class LiveConnection {
  private socket: WebSocket | null = null
  private timer = 0
  private pause = 1000
  private stopped = false

  constructor(
    private readonly storeId: string,
    private readonly queries: QueryClient,
    private readonly onOrder: (message: OrderMessage) => void,
    private readonly onMoney: (message: MoneyMessage) => void,
  ) {
    void this.open()
  }

  private async open(): Promise<void> {
    try {
      const { ticket } = await unwrap(api.POST('/api/console/live/ticket', { body: { store_id: this.storeId } }))
      if (this.stopped) return
      const url = new URL('/api/console/live', window.location.href)
      url.protocol = url.protocol === 'https:' ? 'wss:' : 'ws:'
      const socket = new WebSocket(url)
      this.socket = socket
      socket.onopen = () => socket.send(JSON.stringify({ ticket }))
      socket.onmessage = (event: MessageEvent<string>) => this.receive(JSON.parse(event.data) as Message)
      socket.onclose = () => this.again()
    } catch {
      // No ticket: the server is away or the session is over. The dot in the head shows it; asking goes on with longer pauses.
      this.again()
    }
  }

  private again(): void {
    state.connected = false
    if (this.stopped) return
    this.timer = window.setTimeout(() => void this.open(), this.pause)
    this.pause = Math.min(this.pause * 2, LONGEST_PAUSE)
  }

  private receive(message: Message): void {
    if (message.type === 'ready') {
      state.connected = true
      this.pause = 1000
      // What happened while the line was down was not told.
      void this.queries.invalidateQueries({ queryKey: [this.storeId] })
    } else if (message.type === 'order') {
      this.stale(['orders', 'dashboard', 'counter'])
      void this.queries.invalidateQueries({ queryKey: [this.storeId, 'order', message.order_id] })
      this.onOrder(message)
    } else if (message.type === 'return') {
      this.stale(['returns', 'appeals', 'dashboard'])
      void this.queries.invalidateQueries({ queryKey: [this.storeId, 'return', message.return_id] })
      void this.queries.invalidateQueries({ queryKey: [this.storeId, 'order', message.order_id] })
    } else if (message.type === 'report') {
      this.stale(['shipping-reports', 'dashboard'])
      void this.queries.invalidateQueries({ queryKey: [this.storeId, 'order', message.order_id] })
    } else if (message.type === 'money') {
      this.stale(['reconciliation', 'splits', 'withdrawals', 'dashboard'])
      this.onMoney(message)
    } else if (message.type === 'stock') {
      this.stale(['stock', 'movements'])
    }
  }

  private stale(kinds: string[]): void {
    for (const kind of kinds) void this.queries.invalidateQueries({ queryKey: [this.storeId, kind] })
  }

  close(): void {
    this.stopped = true
    window.clearTimeout(this.timer)
    this.socket?.close()
    state.connected = false
  }
}
