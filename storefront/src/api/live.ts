import { liveTicket } from './buyer'
import { socketOrigin } from './host'
import { Live } from '@/logic/live'

/** The live line over the platform's WebSocket; it identifies itself with a ticket of 30 seconds. */
export const live = new Live({
  async open(said, ended) {
    const { ticket } = await liveTicket()
    const task = uni.connectSocket({ url: `${socketOrigin()}/api/shop/live`, complete: () => undefined }) as UniApp.SocketTask
    task.onOpen(() => task.send({ data: JSON.stringify({ ticket }) }))
    task.onMessage((message) => said(String(message.data)))
    let over = false
    const once = () => {
      if (!over) ended()
      over = true
    }
    task.onClose(once)
    task.onError(once)
    return { close: () => task.close({}) }
  },
  later(run, ms) {
    const timer = setTimeout(run, ms)
    return () => clearTimeout(timer)
  },
})
