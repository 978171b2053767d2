import { settle } from './answer.js'

const encode = (data) => (data === undefined || typeof data === 'string' || data instanceof ArrayBuffer ? data : JSON.stringify(data))

const METHODS = ['OPTIONS', 'GET', 'HEAD', 'POST', 'PUT', 'DELETE', 'TRACE', 'CONNECT'] // the platform knows no PATCH

async function request(o) {
  const method = (o.method ?? 'GET').toUpperCase()
  if (!METHODS.includes(method)) throw new Error(`method ${method} is not supported`)
  const url = new URL(o.url)
  if (method === 'GET' && o.data && typeof o.data === 'object') for (const [k, v] of Object.entries(o.data)) url.searchParams.append(k, v)
  const response = await fetch(url, {
    method,
    headers: { 'content-type': 'application/json', ...o.header },
    body: method === 'GET' ? undefined : encode(o.data),
    signal: AbortSignal.timeout(o.timeout ?? 60_000),
  })
  const text = await response.text()
  let data = text
  if (o.dataType === undefined || o.dataType === 'json') {
    try { data = JSON.parse(text) } catch { data = text } // the platform hands over the text when it is not JSON
  }
  return { statusCode: response.status, data, header: Object.fromEntries(response.headers), cookies: [] }
}

function connectSocket(o) {
  const socket = new WebSocket(o.url)
  const listeners = { open: [], message: [], close: [], error: [] }
  for (const kind of Object.keys(listeners)) {
    socket.addEventListener(kind, (event) => {
      const detail = { open: {}, message: { data: event.data }, close: { code: event.code, reason: event.reason }, error: { errMsg: 'error' } }[kind]
      for (const listener of listeners[kind]) listener(detail)
    })
  }
  o.success?.({ errMsg: 'connectSocket:ok' })
  return {
    onOpen: (f) => listeners.open.push(f),
    onMessage: (f) => listeners.message.push(f),
    onClose: (f) => listeners.close.push(f),
    onError: (f) => listeners.error.push(f),
    send: (m) => settle(m, 'sendSocketMessage', async () => socket.send(m.data)),
    close: (m) => settle(m, 'closeSocket', async () => socket.close(m?.code ?? 1000, m?.reason ?? '')),
    get readyState() { return socket.readyState },
  }
}

export const network = {
  request(o) {
    settle({ fail() {}, ...o }, 'request', () => request(o))
    return { abort() {}, onHeadersReceived() {}, offHeadersReceived() {} }
  },
  connectSocket,
  getNetworkType: (o) => settle(o, 'getNetworkType', async () => ({ networkType: navigator.onLine ? 'wifi' : 'none' })),
  onNetworkStatusChange: (listener) => {
    addEventListener('online', () => listener({ isConnected: true, networkType: 'wifi' }))
    addEventListener('offline', () => listener({ isConnected: false, networkType: 'none' }))
  },
  offNetworkStatusChange() {},
}
