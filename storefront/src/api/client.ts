import { ApiError, problemFrom } from './problem'
import type { PendingKeys } from './pending-keys'
import type { Session } from './types'

export type Method = 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'
/** none: no token · maybe: the token if there is one · any: a guest's at least · buyer: a signed-in buyer's */
export type Who = 'none' | 'maybe' | 'any' | 'buyer'
export type Query = Record<string, string | number | boolean | null | undefined | readonly (string | number)[]>

export interface Call {
  who?: Who
  query?: Query
  body?: unknown
  /** True for a write that creates something: it carries an Idempotency-Key that stays the same until it is answered. */
  once?: boolean
  /** An Idempotency-Key of the caller's own, for a write that is sent again after an answer (a place in a queue that was lost). */
  key?: string
  /** Milliseconds, 10,000 unless told. */
  timeoutMs?: number
}

export interface Sent { method: Method; url: string; headers: Record<string, string>; body: unknown; timeoutMs: number }
export interface Answer { status: number; body: unknown; retryAfter?: string }

/** What the client needs from the world around it; tests give their own. */
export interface Surroundings {
  /** Sends one request; rejects with an ApiError of status 0 when no answer came. */
  send(request: Sent): Promise<Answer>
  /** The signed-in state, or null. `expiresAt` is in milliseconds since the epoch. */
  tokens(): { access: string; refresh: string; expiresAt: number } | null
  keep(session: Session): void
  forget(): void
  /** Makes a session without asking anybody: a guest's on H5, WeChat's own in the mini-program. */
  begin(): Promise<void>
  language(): 'zh' | 'en'
  now(): number
  keys: PendingKeys
}

/** Tokens are renewed this long before they run out, so that one does not die on its way (milliseconds). */
const EARLY_MS = 10_000

/** `?a=1&b=2`, leaving out what is empty; a list repeats its name. */
export function queryString(query: Query = {}): string {
  const pairs: string[] = []
  for (const [name, value] of Object.entries(query)) {
    if (value === null || value === undefined || value === '') continue
    for (const one of Array.isArray(value) ? value : [value]) {
      pairs.push(`${encodeURIComponent(name)}=${encodeURIComponent(String(one))}`)
    }
  }
  return pairs.length ? `?${pairs.join('&')}` : ''
}

export class Client {
  private refreshing: Promise<boolean> | null = null
  private beginning: Promise<void> | null = null

  constructor(private readonly around: Surroundings) {}

  get = <T>(path: string, call: Call = {}) => this.call<T>('GET', path, call)
  post = <T>(path: string, body: unknown, call: Call = {}) => this.call<T>('POST', path, { ...call, body })
  put = <T>(path: string, body: unknown, call: Call = {}) => this.call<T>('PUT', path, { ...call, body })
  patch = <T>(path: string, body: unknown, call: Call = {}) => this.call<T>('PATCH', path, { ...call, body })
  delete = <T>(path: string, call: Call = {}) => this.call<T>('DELETE', path, call)

  /**
   * Makes one call below /api/shop and answers its body.
   * @throws ApiError for every answer ≥ 400 and for no answer at all
   */
  async call<T>(method: Method, path: string, call: Call = {}): Promise<T> {
    const who = call.who ?? 'none'
    const fingerprint = call.once ? `${method} ${path} ${JSON.stringify(call.body ?? null)}` : ''
    const key = call.once ? this.around.keys.keyFor(fingerprint, this.around.now()) : (call.key ?? '')
    await this.prepare(who)
    try {
      const body = await this.attempt(method, path, call, who, key, true)
      if (key) this.around.keys.answered(fingerprint)
      return body as T
    } catch (error) {
      if (key && error instanceof ApiError && error.answered) this.around.keys.answered(fingerprint)
      throw error
    }
  }

  /** The Authorization of a buyer's call that cannot go through here: the platform uploads files by itself. */
  async authorization(): Promise<string> {
    await this.prepare('buyer')
    return `Bearer ${this.around.tokens()?.access ?? ''}`
  }

  private async attempt(method: Method, path: string, call: Call, who: Who, key: string, mayRenew: boolean): Promise<unknown> {
    const held = who === 'none' ? null : this.around.tokens()
    const headers: Record<string, string> = { 'Accept-Language': this.around.language() }
    if (held) headers.Authorization = `Bearer ${held.access}`
    if (key) headers['Idempotency-Key'] = key
    const url = `/api/shop${path}${queryString(call.query)}`
    const answer = await this.around.send({ method, url, headers, body: call.body, timeoutMs: call.timeoutMs ?? 10_000 })
    if (answer.status < 400) return answer.body
    if (answer.status === 401 && held && mayRenew) {
      // Somebody else may have renewed it while this call was on its way.
      const fresh = this.around.tokens()?.access !== held.access || (await this.refresh())
      if (!fresh && who === 'any') await this.beginOnce()
      if (fresh || who !== 'buyer') return this.attempt(method, path, call, who, key, false)
    }
    throw problemFrom(answer.status, answer.body, answer.retryAfter)
  }

  private async prepare(who: Who): Promise<void> {
    if (who === 'none') return
    const held = this.around.tokens()
    if (held && held.expiresAt - EARLY_MS <= this.around.now()) await this.refresh()
    if (who === 'any' && !this.around.tokens()) await this.beginOnce()
    if (who === 'buyer' && !this.around.tokens()) throw new ApiError(401, 'sign_in', '')
  }

  private beginOnce(): Promise<void> {
    this.beginning ??= this.around.begin().finally(() => { this.beginning = null })
    return this.beginning
  }

  /** Renews the tokens, once however many calls ask for it at the same time. False: the session is over. */
  refresh(): Promise<boolean> {
    this.refreshing ??= this.renew().finally(() => { this.refreshing = null })
    return this.refreshing
  }

  private async renew(): Promise<boolean> {
    const held = this.around.tokens()
    if (!held) return false
    const headers = { 'Accept-Language': this.around.language() }
    const answer = await this.around.send({
      method: 'POST', url: '/api/shop/session/refresh', headers, body: { refresh_token: held.refresh }, timeoutMs: 10_000,
    })
    if (answer.status < 400) {
      this.around.keep(answer.body as Session)
      return true
    }
    // Only a clear "no" ends the session: a busy or broken server must not sign the buyer out.
    if (answer.status >= 500 || answer.status === 429) throw problemFrom(answer.status, answer.body, answer.retryAfter)
    this.around.forget()
    return false
  }
}
