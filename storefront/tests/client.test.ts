import { describe, expect, it } from 'vitest'
import { Client, queryString, type Answer, type Sent, type Surroundings } from '@/api/client'
import { PendingKeys } from '@/api/pending-keys'
import { ApiError, problemFrom } from '@/api/problem'
import type { Session } from '@/api/types'

const session = (access: string): Session => ({
  access_token: access, refresh_token: `r-${access}`, expires_in: 900,
  customer: { id: 'c', guest: false, nickname: '', avatar: null, phone_masked: null, locale: 'zh' },
})

function world(answer: (sent: Sent) => Answer | Promise<Answer>) {
  const sent: Sent[] = []
  let held: ReturnType<Surroundings['tokens']> = { access: 'old', refresh: 'r-old', expiresAt: 1e12 }
  let begun = 0
  let serial = 0
  let shelf: Record<string, { key: string; at: number }> = {}
  const around: Surroundings = {
    async send(request) { sent.push(request); return answer(request) },
    tokens: () => held,
    keep: (fresh) => { held = { access: fresh.access_token, refresh: fresh.refresh_token, expiresAt: 1e12 } },
    forget: () => { held = null },
    begin: async () => { begun++; around.keep(session('guest')) },
    language: () => 'zh', now: () => 1000,
    keys: new PendingKeys({ read: () => ({ ...shelf }), write: (all) => { shelf = all } }, () => `key-${++serial}`),
  }
  return { client: new Client(around), sent, around, begun: () => begun, expire: () => { held = { ...held!, expiresAt: 0 } }, leave: () => { held = null } }
}
const bearer = (request: Sent) => request.headers.Authorization
const ok = (body: unknown = {}): Answer => ({ status: 200, body })
const expired = { status: 401, body: { code: 'unauthenticated', detail: 'over' } }

describe('refreshing', () => {
  it('happens once for calls that fail together, and each is sent again', async () => {
    const here = world((request) => (request.url.endsWith('/refresh') ? ok(session('new')) : bearer(request) === 'Bearer new' ? ok(1) : expired))
    expect(await Promise.all([1, 2, 3].map(() => here.client.get('/cart', { who: 'any' })))).toEqual([1, 1, 1])
    expect(here.sent.filter((one) => one.url.endsWith('/refresh'))).toHaveLength(1)
  })
  it('happens before a token runs out', async () => {
    const here = world((request) => (request.url.endsWith('/refresh') ? ok(session('new')) : ok(bearer(request))))
    here.expire()
    expect(await here.client.get('/me', { who: 'buyer' })).toBe('Bearer new')
  })
  it('ends the session when it is refused, and a guest begins anew', async () => {
    const here = world((request) => (bearer(request) === 'Bearer guest' ? ok('fresh') : expired))
    expect(await here.client.get('/cart', { who: 'any' })).toBe('fresh')
    expect(here.begun()).toBe(1)
  })
  it('does not sign out because the server is busy', async () => {
    const here = world((request) => (request.url.endsWith('/refresh') ? { status: 503, body: null, retryAfter: '2' } : expired))
    await expect(here.client.get('/me', { who: 'buyer' })).rejects.toMatchObject({ status: 503, retryAfterMs: 2000 })
    expect(here.around.tokens()).not.toBeNull()
  })
})

describe('who may call', () => {
  it('sends nothing for a buyer who is not signed in', async () => {
    const here = world(() => ok())
    here.leave()
    await expect(here.client.get('/orders', { who: 'buyer' })).rejects.toMatchObject({ code: 'sign_in' })
    expect(here.sent).toHaveLength(0)
  })
  it('makes one guest for writes that start together', async () => {
    const here = world(() => ok())
    here.leave()
    await Promise.all([here.client.post('/cart/lines', {}, { who: 'any' }), here.client.post('/cart/lines', {}, { who: 'any' })])
    expect(here.begun()).toBe(1)
  })
})

describe('idempotency keys', () => {
  it('stay the same until the write is answered', async () => {
    let turn = 0
    const here = world(() => { if (++turn === 1) throw new ApiError(0, 'offline', ''); return turn === 2 ? { status: 503, body: null } : ok() })
    const place = () => here.client.post('/orders', { a: 1 }, { who: 'buyer', once: true })
    await expect(place()).rejects.toMatchObject({ code: 'offline' })
    await expect(place()).rejects.toMatchObject({ status: 503 })
    await place()
    await place()
    expect(here.sent.map((one) => one.headers['Idempotency-Key'])).toEqual(['key-1', 'key-1', 'key-1', 'key-2'])
  })
  it('are let go after a refusal, and differ by body', async () => {
    const here = world(() => ({ status: 409, body: { code: 'price_changed', detail: 'x' } }))
    for (const body of [{ a: 1 }, { a: 1 }, { a: 2 }]) await expect(here.client.post('/orders', body, { who: 'buyer', once: true })).rejects.toThrow()
    expect(new Set(here.sent.map((one) => one.headers['Idempotency-Key'])).size).toBe(3)
  })
})

describe('answers', () => {
  it('carry the faults of fields', () => {
    const error = problemFrom(422, { code: 'invalid', detail: 'no', field: 'code', errors: [{ field: 'phone', code: 'x', message: 'bad' }] }, undefined)
    expect(error.fieldErrors()).toEqual({ phone: 'bad', code: 'no' })
  })
  it('may be no problem detail at all', () => {
    expect(problemFrom(502, '<html>', undefined)).toMatchObject({ status: 502, code: 'server', answered: false })
  })
  it('repeat lists in a query and leave out what is empty', () => {
    expect(queryString({ product: ['a', 'b'], q: '', cursor: null, sort: '-price' })).toBe('?product=a&product=b&sort=-price')
  })
})
