import { ApiError } from './problem'
import { apiOrigin } from './host'
import type { Answer, Sent } from './client'

/** Takes the answer that index.html already asked for, if this is that request; each can be taken once. */
function early(request: Sent): Promise<Answer> | null {
  // #ifdef H5
  const waiting = request.method === 'GET' ? window.__early?.[request.url] : undefined
  if (waiting) {
    delete window.__early![request.url]
    return waiting.then((body) => (body === null ? overNetwork(request) : { status: 200, body }))
  }
  // #endif
  return null
}

function overNetwork(request: Sent): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const headers = { ...request.headers }
    let method: string = request.method
    // #ifdef MP-WEIXIN
    if (method === 'PATCH') {
      // wx.request knows no PATCH (its documented methods end at TRACE and CONNECT).
      method = 'POST'
      headers['X-HTTP-Method-Override'] = 'PATCH'
    }
    // #endif
    if (request.body !== undefined) headers['Content-Type'] = 'application/json'
    uni.request({
      url: apiOrigin() + request.url,
      method: method as 'GET',
      header: headers,
      data: request.body === undefined ? undefined : JSON.stringify(request.body),
      timeout: request.timeoutMs,
      success: (answer) => {
        const header = (answer.header ?? {}) as Record<string, string>
        resolve({ status: answer.statusCode, body: parsed(answer.data), retryAfter: header['Retry-After'] ?? header['retry-after'] })
      },
      fail: (failure) => {
        const code = /time?-?out/i.test(failure.errMsg ?? '') ? 'timeout' : 'offline'
        reject(new ApiError(0, code, ''))
      },
    })
  })
}

/** problem+json is not among the types that uni.request parses by itself. */
function parsed(body: unknown): unknown {
  if (typeof body !== 'string' || !/^\s*[{[]/.test(body)) return body
  try {
    return JSON.parse(body)
  } catch {
    return body // not JSON after all: the caller treats it as an answer without a problem detail
  }
}

/** Sends one request through the platform. @throws ApiError of status 0, code "offline" or "timeout" */
export function send(request: Sent): Promise<Answer> {
  return early(request) ?? overNetwork(request)
}
