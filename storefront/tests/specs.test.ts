import { describe, expect, it } from 'vitest'
import type { ModifierGroup, Product, Stock } from '@/api/types'
import { choose, chosenSku, defaultModifiers, firstChoice, missingModifier, modifiersPrice, mostOf, priceRange, toggleModifier, valueState } from '@/logic/specs'

const text = (zh: string) => ({ zh, en: zh })
const spec = (code: string, values: string[]) => ({ code, name: text(code), values: values.map((one) => ({ code: one, name: text(one), picture: null })) })
const sku = (id: string, values: string[], price: number, limit: number | null = null) => ({ id, values, price, list_price: null, picture: null, limit })
// Green comes in S and M, sand in M and L; green M is sold out.
const bag = {
  specs: [spec('colour', ['green', 'sand']), spec('size', ['S', 'M', 'L'])],
  skus: [sku('gs', ['green', 'S'], 6900), sku('gm', ['green', 'M'], 7900), sku('sm', ['sand', 'M'], 7900, 2), sku('sl', ['sand', 'L'], 8900)],
  pictures: [], picture: null, price: 6900, modifiers: [],
} as unknown as Product
const stock = new Map<string, Stock>(
  [['gs', 5], ['gm', 0], ['sm', 9], ['sl', 1]].map(([id, available]) => [id as string, { sku_id: id as string, product_id: 'p', available: available as number, sold_out: false }]),
)

describe('the spec matrix', () => {
  it('tells what can be had from what is sold out and what is never made', () => {
    expect(valueState(bag, ['green', null], 1, 'S', stock)).toBe('can')
    expect(valueState(bag, ['green', null], 1, 'M', stock)).toBe('out')
    expect(valueState(bag, ['green', null], 1, 'L', stock)).toBe('never')
    expect(valueState(bag, [null, null], 1, 'L', stock)).toBe('can')
  })
  it('treats a SKU that nobody knows as sold out', () => {
    expect(valueState(bag, [null, null], 0, 'green', new Map())).toBe('out')
  })
  it('begins with the first combination in stock, or with the one that was asked for', () => {
    expect(firstChoice(bag, stock)).toEqual(['green', 'S'])
    expect(firstChoice(bag, stock, 'sl')).toEqual(['sand', 'L'])
  })
  it('moves the other specs when the new value does not go with them', () => {
    expect(choose(bag, ['green', 'S'], 1, 'L', stock)).toEqual(['sand', 'L'])
    expect(choose(bag, ['green', 'S'], 0, 'sand', stock)[0]).toBe('sand')
  })
  it('gives a value back when it is pressed again', () => {
    expect(choose(bag, ['green', 'S'], 1, 'S', stock)).toEqual(['green', null])
    expect(chosenSku(bag, ['green', null])).toBeNull()
  })
  it('knows the range of prices and the most that may be bought', () => {
    expect(priceRange(bag, ['sand', null])).toEqual([7900, 8900])
    expect(mostOf(chosenSku(bag, ['sand', 'M']), stock)).toBe(2)
    expect(mostOf(chosenSku(bag, ['green', 'M']), stock)).toBe(0)
  })
})

const group = (code: string, min: number, max: number, options: [string, number, boolean][]): ModifierGroup => ({
  code, name: text(code), min, max, options: options.map(([one, price, chosen]) => ({ code: one, name: text(one), price, default: chosen })),
})
const sugar = group('sugar', 1, 1, [['full', 0, true], ['none', 0, false]])
const extra = group('extra', 0, 2, [['oat', 300, false], ['shot', 400, false], ['pearl', 200, false]])

describe('modifiers', () => {
  it('start from their defaults', () => {
    expect(defaultModifiers([sugar, extra])).toEqual([{ group: 'sugar', option: 'full' }])
  })
  it('replace in a group of one and cannot be emptied below the minimum', () => {
    const chosen = toggleModifier(sugar, defaultModifiers([sugar]), 'none')
    expect(chosen).toEqual([{ group: 'sugar', option: 'none' }])
    expect(toggleModifier(sugar, chosen, 'none')).toBe(chosen)
  })
  it('refuse more than the maximum', () => {
    let chosen = toggleModifier(extra, [], 'oat')
    chosen = toggleModifier(extra, chosen, 'shot')
    expect(toggleModifier(extra, chosen, 'pearl')).toBe(chosen)
    expect(modifiersPrice([sugar, extra], chosen)).toBe(700)
  })
  it('say which group still misses a choice', () => {
    expect(missingModifier([sugar, extra], [])).toBe(sugar)
    expect(missingModifier([sugar, extra], [{ group: 'sugar', option: 'full' }])).toBeNull()
  })
})
