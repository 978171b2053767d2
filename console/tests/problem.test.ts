import { afterEach, describe, expect, it, vi } from 'vitest'

import { api, context, unwrap } from '@/api/client'
import { fieldErrors, fieldPath, looseErrors, ProblemError, toProblem } from '@/api/problem'

const problem = {
  type: 'about:blank',
  title: '输入有误',
  status: 422,
  detail: '有 2 处要改',
  code: 'validation',
  errors: [
    { field: 'skus[0].price', code: 'min', message: '售价不能为负' },
    { field: '/name/zh', code: 'required', message: '请填写名称' },
    { field: 'name.zh', code: 'length', message: '名称太长' },
  ],
}

describe('problem details', () => {
  it('name fields in one way', () => {
    expect(fieldPath('skus[0].values[1]')).toBe('skus.0.values.1')
    expect(fieldPath('/name/zh')).toBe('name.zh')
    expect(fieldPath('$.name')).toBe('name')
    expect(fieldPath('body.code')).toBe('code')
  })

  it('go beside their fields, the first message of each', () => {
    expect(fieldErrors(new ProblemError(problem))).toEqual({ 'skus.0.price': '售价不能为负', 'name.zh': '请填写名称' })
    expect(fieldErrors(new ProblemError({ ...problem, errors: null, field: 'code', detail: '取货码不对' }))).toEqual({ code: '取货码不对' })
    expect(fieldErrors(new Error('x'))).toEqual({})
  })

  it('keep what no field shows above the form', () => {
    const error = new ProblemError(problem)
    expect(looseErrors(error, (path) => path === 'name.zh')).toEqual(['售价不能为负'])
    expect(looseErrors(new ProblemError({ ...problem, errors: [] }), () => true)).toEqual(['有 2 处要改'])
    expect(looseErrors(null, () => true)).toEqual([])
  })

  it('are made for answers that are none', () => {
    expect(toProblem('<html>', 502)).toMatchObject({ status: 502, code: 'http_502' })
    expect(toProblem(undefined, 500).code).toBe('http_500')
  })
})

describe('unwrap', () => {
  afterEach(() => vi.unstubAllGlobals())
  function answer(status: number, body: unknown, headers: Record<string, string> = {}): void {
    vi.stubGlobal('fetch', () =>
      Promise.resolve(new Response(body === undefined ? null : JSON.stringify(body), { status, headers: { 'content-type': 'application/json', ...headers } })),
    )
  }

  it('throws problems with their wait', async () => {
    answer(429, { ...problem, status: 429, code: 'locked' }, { 'Retry-After': '30' })
    const call = unwrap(api.POST('/api/console/session', { body: { login: 'a', password: 'b' } }))
    await expect(call).rejects.toMatchObject({ code: 'locked', status: 429, retryAfter: 30 })
  })

  it('tells a lost session, but not a wrong password', async () => {
    const gone = vi.spyOn(context, 'signedOut')
    answer(401, { ...problem, status: 401, code: 'bad_credentials' })
    await expect(unwrap(api.GET('/api/console/session'))).rejects.toThrow(ProblemError)
    expect(gone).not.toHaveBeenCalled()
    answer(401, { ...problem, status: 401, code: 'signed_out' })
    await expect(unwrap(api.GET('/api/console/session'))).rejects.toThrow(ProblemError)
    expect(gone).toHaveBeenCalledOnce()
  })

  it('turns a request that never arrived into a problem', async () => {
    vi.stubGlobal('fetch', () => Promise.reject(new TypeError('network')))
    await expect(unwrap(api.GET('/api/console/session'))).rejects.toMatchObject({ code: 'offline', status: 0 })
  })

  it('sends the CSRF token with writes only', async () => {
    const seen: (string | null)[] = []
    vi.spyOn(context, 'csrf').mockReturnValue('token')
    vi.stubGlobal('fetch', (request: Request) => {
      seen.push(request.headers.get('X-CSRF-Token'))
      return Promise.resolve(new Response(null, { status: 204 }))
    })
    await unwrap(api.DELETE('/api/console/session'))
    await unwrap(api.GET('/api/console/session'))
    expect(seen).toEqual(['token', null])
  })
})
