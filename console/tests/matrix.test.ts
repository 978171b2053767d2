import { describe, expect, it } from 'vitest'

import type { Sku, Spec } from '@/api/types'
import { combinationCount, combinations, freshSku, matrixProblem, MAX_SKUS, nextCode, rebuild, recode, skuName } from '@/spec/matrix'

function spec(code: string, ...values: string[]): Spec {
  return {
    code,
    name: { zh: code, en: code },
    values: values.map((value) => ({ code: value, name: { zh: value, en: value }, picture_id: null })),
  }
}
function saved(id: string, values: string[], price: number): Sku {
  return { ...freshSku(values, 'P1'), id, price }
}
const size = spec('size', 'm', 'l')
const heat = spec('heat', 'hot', 'ice')

describe('combinations', () => {
  it('lists every cell in spec order', () => {
    expect(combinations([size, heat])).toEqual([
      ['m', 'hot'],
      ['m', 'ice'],
      ['l', 'hot'],
      ['l', 'ice'],
    ])
    expect(combinations([])).toEqual([[]])
    expect(combinationCount([size, heat])).toBe(4)
  })
})

describe('rebuild', () => {
  it('keeps rows that stay, ids included, when a value is added', () => {
    const before = [saved('a', ['m'], 1800), saved('b', ['l'], 2200)]
    const rows = rebuild([spec('size', 'm', 'l', 'xl')], [size], before, 'P1')
    expect(rows.map((row) => [row.id, row.price])).toEqual([
      ['a', 1800],
      ['b', 2200],
      [null, 1800],
    ])
    expect(rows[2]?.code).toBe('P1-xl')
  })

  it('carries prices over when a spec is added, and gives each id away once', () => {
    const rows = rebuild([size, heat], [size], [saved('a', ['m'], 1800), saved('b', ['l'], 2200)], 'P1')
    expect(rows.map((row) => [row.values.join('+'), row.id, row.price])).toEqual([
      ['m+hot', 'a', 1800],
      ['m+ice', null, 1800],
      ['l+hot', 'b', 2200],
      ['l+ice', null, 2200],
    ])
  })

  it('gives new rows codes of their own and leaves typed and saved ones alone', () => {
    const rows = rebuild([size], [], [freshSku([], 'P1')], 'P1')
    expect(rows.map((row) => row.code)).toEqual(['P1-m', 'P1-l'])
    const typed = rows.map((row, at) => (at === 0 ? { ...row, code: 'MINE' } : row))
    expect(rebuild([size, heat], [size], typed, 'P1').map((row) => row.code)).toEqual(['MINE', 'P1-m-ice', 'P1-l-hot', 'P1-l-ice'])
    expect(recode([...typed, saved('a', ['m'], 1)], 'P1', 'P2').map((row) => row.code)).toEqual(['MINE', 'P2-l', 'P1-m'])
  })

  it('goes back to one row per remaining cell when a spec is removed', () => {
    const before = combinations([size, heat]).map((values, at) => saved(`id${at}`, values, 1000 + at))
    const rows = rebuild([size], [size, heat], before, 'P1')
    expect(rows.map((row) => [row.values, row.id])).toEqual([
      [['m'], 'id0'],
      [['l'], 'id2'],
    ])
  })

  it('follows specs that change places', () => {
    const before = combinations([size, heat]).map((values, at) => saved(`id${at}`, values, at))
    const rows = rebuild([heat, size], [size, heat], before, 'P1')
    expect(rows.find((row) => row.values.join() === 'ice,m')?.id).toBe('id1')
    expect(new Set(rows.map((row) => row.id)).size).toBe(4)
  })

  it('keeps the single row as the first cell when the first spec arrives', () => {
    const rows = rebuild([size], [], [saved('only', [], 990)], 'P1')
    expect(rows.map((row) => [row.id, row.price])).toEqual([
      ['only', 990],
      [null, 990],
    ])
  })
})

describe('matrixProblem', () => {
  const rows = (specs: Spec[]): Sku[] => combinations(specs).map((values) => freshSku(values, 'P1'))

  it('accepts a whole matrix and a product without specs', () => {
    expect(matrixProblem({ specs: [size, heat], skus: rows([size, heat]) })).toBeNull()
    expect(matrixProblem({ specs: [], skus: [freshSku([], 'P1')] })).toBeNull()
  })
  it('finds unnamed and repeated specs and values', () => {
    expect(matrixProblem({ specs: [spec('size')], skus: [] })).toBe('specMissing')
    expect(matrixProblem({ specs: [{ ...size, name: { zh: ' ', en: '' } }], skus: rows([size]) })).toBe('specMissing')
    expect(matrixProblem({ specs: [size, { ...size, code: 's2' }], skus: rows([size]) })).toBe('specMissing')
  })
  it('finds codes that are empty or equal', () => {
    const skus = rows([size])
    expect(matrixProblem({ specs: [size], skus: skus.map((sku) => ({ ...sku, code: 'X' })) })).toBe('skuCodeMissing')
    expect(matrixProblem({ specs: [size], skus: skus.map((sku) => ({ ...sku, code: '' })) })).toBe('skuCodeMissing')
  })
  it('bounds the number of rows', () => {
    const wide = (code: string): Spec => spec(code, ...Array.from({ length: 23 }, (_, at) => `${code}${at}`))
    expect(combinationCount([wide('a'), wide('b')])).toBeGreaterThan(MAX_SKUS)
    expect(matrixProblem({ specs: [wide('a'), wide('b')], skus: [] })).toBe('tooMany')
  })
})

it('gives codes that are free', () => {
  expect(nextCode('s', [])).toBe('s1')
  expect(nextCode('s', ['s1', 's3', 's4'])).toBe('s5')
  expect(nextCode('v', ['v2'])).toBe('v3')
})

it('names a row by its values', () => {
  expect(skuName([size, heat], freshSku(['l', 'ice'], 'P1'), (text) => text.zh)).toBe('l / ice')
})
