import type { Problem } from './types'

/**
 * What a call failed with: the server's problem detail (RFC 9457), or one of our own for a call that got no answer
 * (`code` "offline" or "timeout", status 0).
 */
export class ApiError extends Error {
  readonly status: number
  readonly code: string
  readonly problem: Problem | null
  /** Milliseconds that the server asks us to wait, from Retry-After; null when it does not say. */
  readonly retryAfterMs: number | null

  constructor(status: number, code: string, detail: string, problem: Problem | null = null, retryAfterMs: number | null = null) {
    super(detail)
    this.name = 'ApiError'
    this.status = status
    this.code = code
    this.problem = problem
    this.retryAfterMs = retryAfterMs
  }

  /** Whether we know what became of the call. After a lost connection, 429 or 5xx it may or may not have been done. */
  get answered(): boolean {
    return this.status >= 400 && this.status < 500 && this.status !== 408 && this.status !== 429
  }

  /** Messages by form field, for showing beside it. */
  fieldErrors(): Record<string, string> {
    const found: Record<string, string> = {}
    for (const error of this.problem?.errors ?? []) found[error.field] ??= error.message
    if (this.problem?.field) found[this.problem.field] ??= this.problem.detail
    return found
  }
}

/** Turns an answer of status ≥ 400 into an ApiError, whatever its body holds (a proxy's HTML page, for example). */
export function problemFrom(status: number, body: unknown, retryAfter: string | undefined): ApiError {
  const seconds = Number(retryAfter)
  const wait = retryAfter && Number.isFinite(seconds) ? seconds * 1000 : null
  if (body && typeof body === 'object' && 'code' in body && 'detail' in body) {
    const problem = body as Problem
    return new ApiError(status, problem.code, problem.detail || problem.title, problem, wait)
  }
  return new ApiError(status, status >= 500 ? 'server' : 'refused', '', null, wait)
}
