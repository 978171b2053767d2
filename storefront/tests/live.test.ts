import { describe, expect, it } from 'vitest'
import { Live, type LiveMove } from '@/logic/live'

/** A wire whose sockets and clock the test turns by hand. */
function wire() {
  const sockets: { said(text: string): void; ended(): void; closed: boolean }[] = []
  let timers: { run: () => void; ms: number }[] = []
  return {
    sockets,
    waits: () => timers.map((one) => one.ms).sort((a, b) => a - b),
    fire(ms: number) {
      const due = timers.filter((one) => one.ms === ms)
      timers = timers.filter((one) => one.ms !== ms)
      due.forEach((one) => one.run())
    },
    async open(said: (text: string) => void, ended: () => void) {
      const socket = { said, ended, closed: false }
      sockets.push(socket)
      return { close: () => { socket.closed = true } }
    },
    later(run: () => void, ms: number) {
      const timer = { run, ms }
      timers.push(timer)
      return () => { timers = timers.filter((one) => one !== timer) }
    },
  }
}
const ready = JSON.stringify({ type: 'ready' })

describe('the live line', () => {
  it('opens once for all listeners and closes with the last', async () => {
    const here = wire()
    const live = new Live(here)
    const heard: (LiveMove | null)[] = []
    const first = live.listen((move) => heard.push(move))
    const second = live.listen(() => undefined)
    await Promise.resolve()
    expect(here.sockets).toHaveLength(1)
    here.sockets[0]!.said(ready)
    here.sockets[0]!.said(JSON.stringify({ type: 'order', order_id: 'o' }))
    here.sockets[0]!.said(JSON.stringify({ type: 'ping' }))
    expect(heard).toEqual([null, expect.objectContaining({ order_id: 'o' })])
    first()
    second()
    expect([here.sockets[0]!.closed, here.waits()]).toEqual([true, []])
  })
  it('asks the listeners to look for themselves while there is no line', () => {
    const here = wire()
    const heard: unknown[] = []
    new Live(here).listen((move) => heard.push(move))
    here.fire(5000)
    here.fire(5000)
    expect(heard).toEqual([null, null])
  })
  it('comes back after a break, waiting longer each time, and looks once', async () => {
    const here = wire()
    const heard: unknown[] = []
    new Live(here).listen((move) => heard.push(move))
    here.sockets[0]!.ended()
    expect(here.waits()).toEqual([1000, 5000])
    here.fire(1000)
    here.sockets[1]!.ended()
    expect(here.waits()).toEqual([2000, 5000])
    here.fire(2000)
    here.sockets[2]!.said(ready)
    expect([heard, here.waits()]).toEqual([[null], []])
  })
})
