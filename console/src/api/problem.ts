// RFC 9457 problem details, as the server sends them, turned into something a form can show.

/** The body of an `application/problem+json` answer. */
export interface Problem {
  type?: string
  title: string
  status: number
  detail: string
  code: string
  field?: string | null
  errors?: { field: string; code: string; message: string }[] | null
  data?: unknown
}

/** A request the server refused, or that never reached it (`code` is then `offline`, `status` 0). */
export class ProblemError extends Error {
  readonly problem: Problem
  /** Seconds to wait before trying again, from Retry-After; null when the server did not say. */
  readonly retryAfter: number | null

  constructor(problem: Problem, retryAfter: number | null = null) {
    super(problem.detail || problem.title)
    this.name = 'ProblemError'
    this.problem = problem
    this.retryAfter = retryAfter
  }

  get code(): string {
    return this.problem.code
  }

  get status(): number {
    return this.problem.status
  }
}

/** Reads a problem out of any error body; an answer that is no problem detail becomes one with code `http_<status>`. */
export function toProblem(body: unknown, status: number): Problem {
  if (typeof body === 'object' && body !== null && 'code' in body && 'title' in body) {
    const problem = body as Problem
    return { ...problem, detail: problem.detail ?? '', status }
  }
  return { title: `HTTP ${status}`, status, detail: '', code: `http_${status}` }
}

/** `skus[0].price`, `/skus/0/price` and `skus.0.price` name one field: the last form. */
export function fieldPath(field: string): string {
  return field
    .replace(/^[/$.]+/, '')
    .replace(/\[(\w+)\]/g, '.$1')
    .replaceAll('/', '.')
    .replace(/^(body|data)\./, '')
}

/**
 * Messages by field path, to be shown beside the fields.
 * A problem that names only one `field` gives its detail to that field; the first message of a field wins.
 */
export function fieldErrors(error: unknown): Record<string, string> {
  if (!(error instanceof ProblemError)) return {}
  const found: Record<string, string> = {}
  for (const item of error.problem.errors ?? []) found[fieldPath(item.field)] ??= item.message
  if (error.problem.field) found[fieldPath(error.problem.field)] ??= error.message
  return found
}

/** The messages that no field of `shown` carries, to be shown above the form. */
export function looseErrors(error: unknown, shown: (path: string) => boolean): string[] {
  if (!(error instanceof ProblemError)) return error instanceof Error ? [error.message] : []
  const entries = Object.entries(fieldErrors(error))
  if (entries.length === 0) return [error.message]
  return entries.filter(([path]) => !shown(path)).map(([, message]) => message)
}
