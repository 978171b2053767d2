/** A move of one of the buyer's orders, or of a return of it (then with `return_id`). */
export interface LiveMove { store_id: string; order_id: string; return_id?: string; status: string; event: string; at: string }

export interface Wire {
  /** Opens a socket. `said` gets each message, `ended` is called once when it is over. */
  open(said: (text: string) => void, ended: () => void): Promise<{ close(): void }>
  later(run: () => void, ms: number): () => void
}

/** Waiting times before opening again (milliseconds); the last repeats. */
const BACK_OFF = [1000, 2000, 5000, 10_000, 30_000]
/** While there is no socket the listeners are asked to look for themselves this often (milliseconds). */
const POLL_MS = 5000

export type Listener = (move: LiveMove | null) => void

/**
 * One live line for all pages that want it. It opens with the first listener and closes with the last; when it breaks
 * it comes back by itself, and meanwhile listeners are told to look (with null) every few seconds. After every opening
 * they look once, because moves may have been missed.
 */
export class Live {
  private listeners = new Set<Listener>()
  private socket: { close(): void } | null = null
  private tries = 0
  private round = 0
  private stopPolling: (() => void) | null = null
  private stopWaiting: (() => void) | null = null

  constructor(private readonly wire: Wire) {}

  listen(listener: Listener): () => void {
    this.listeners.add(listener)
    if (this.listeners.size === 1) this.open()
    return () => {
      if (this.listeners.delete(listener) && !this.listeners.size) this.shut()
    }
  }

  private tell(move: LiveMove | null): void {
    for (const listener of [...this.listeners]) listener(move)
  }

  private open(): void {
    const round = ++this.round
    this.poll()
    this.wire.open(
      (text) => { if (round === this.round) this.hear(text) },
      () => { if (round === this.round) this.lost() },
    ).then(
      (socket) => { if (round === this.round) this.socket = socket; else socket.close() },
      () => { if (round === this.round) this.lost() },
    )
  }

  private hear(text: string): void {
    const message = JSON.parse(text) as { type: string } & LiveMove
    if (message.type === 'ready') {
      this.tries = 0
      this.stopPolling?.()
      this.stopPolling = null
      this.tell(null)
    } else if (message.type === 'order' || message.type === 'return') this.tell(message)
  }

  private lost(): void {
    this.round++
    this.socket = null
    this.poll()
    this.stopWaiting?.()
    const wait = BACK_OFF[Math.min(this.tries++, BACK_OFF.length - 1)]!
    this.stopWaiting = this.wire.later(() => this.open(), wait)
  }

  private poll(): void {
    if (this.stopPolling) return
    const again = () => {
      this.tell(null)
      this.stopPolling = this.wire.later(again, POLL_MS)
    }
    this.stopPolling = this.wire.later(again, POLL_MS)
  }

  private shut(): void {
    this.round++
    this.socket?.close()
    this.socket = null
    this.tries = 0
    this.stopPolling?.()
    this.stopWaiting?.()
    this.stopPolling = this.stopWaiting = null
  }
}
