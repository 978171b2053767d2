// The one way to the server: typed by its OpenAPI document, session cookie, CSRF header, problem details as errors.
import createClient, { type Middleware } from 'openapi-fetch'

import { ProblemError, toProblem } from './problem'
import type { paths } from './schema'
import type { Full } from './types'

/** What the client needs to know about whoever uses it; set once by main.ts. */
export const context = {
  csrf: (): string => '',
  language: (): string => 'zh',
  /** Texts for a request that never arrived. */
  offline: (): { title: string; detail: string } => ({ title: 'offline', detail: '' }),
  /** The session is gone (401 on anything but signing in). */
  signedOut: (): void => undefined,
}

const headers: Middleware = {
  onRequest({ request }) {
    request.headers.set('Accept-Language', context.language())
    if (request.method !== 'GET') request.headers.set('X-CSRF-Token', context.csrf())
    return request
  },
  onError() {
    return new ProblemError({ ...context.offline(), status: 0, code: 'offline' })
  },
}

export const api = createClient<paths>({
  baseUrl: window.location.origin,
  credentials: 'same-origin',
  // Looked up at each call, so that a test can put its own in place.
  fetch: (request) => globalThis.fetch(request),
})
api.use(headers)

interface Answer<T> {
  data?: T
  error?: unknown
  response: Response
}

/** The data of an answer; throws ProblemError for anything but 2xx. An empty answer (204) is undefined. */
export async function unwrap<T>(answer: Promise<Answer<T>>): Promise<Full<T>> {
  const { data, error, response } = await answer
  if (response.ok) return data as Full<T>
  const problem = toProblem(error, response.status)
  if (response.status === 401 && problem.code !== 'bad_credentials') context.signedOut()
  const wait = Number(response.headers.get('Retry-After'))
  throw new ProblemError(problem, wait > 0 ? wait : null)
}

/** A body with one `file` part, for openapi-fetch. The server's document calls binary data a string, hence the cast. */
export function fileBody(file: File): { body: { file: string }; bodySerializer: () => FormData } {
  return {
    body: { file: file as unknown as string },
    bodySerializer: () => {
      const form = new FormData()
      form.append('file', file)
      return form
    },
  }
}

/** A fresh key for a write that must happen once, however often it is sent. Make it when the dialog opens, not when it is sent. */
export function idempotencyKey(): string {
  return crypto.randomUUID()
}

/** The key of what a form makes next: sent again after a lost answer it makes nothing twice. Once it was made, `renew`. */
export class OnceKey {
  private key = idempotencyKey()

  /** For `params` of the request. */
  get header(): { 'Idempotency-Key': string } {
    return { 'Idempotency-Key': this.key }
  }

  renew(): void {
    this.key = idempotencyKey()
  }
}
