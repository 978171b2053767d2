import { describe, expect, it, vi } from 'vitest'
import type { Facets } from '@/api/types'
import { bandIsOn, bandsOf, bandText, categoriesOf, chosenCount, filterQuery, noFilters, toggled, withBand } from '@/logic/facets'
import { emptyShelf, Paging, type Page } from '@/logic/paging'
import { around, marked, remembered } from '@/logic/searching'

const facets = (extra: Partial<Facets>): Facets => ({ categories: [], tags: [], brands: [], delivery_methods: [], price_bands: [], specs: [], in_stock: 0, ...extra })
const text = (zh: string) => ({ zh, en: zh })

describe('what a list is narrowed to', () => {
  it('goes into the address as both lists take it, and says nothing of what is not chosen', () => {
    const asked = filterQuery({ category: 'c', tags: ['new'], brands: ['星野'], methods: ['express'], specs: ['colour:green'], min: 0, max: 4900, inStock: true })
    expect(asked).toEqual({ category: 'c', tag: ['new'], brand: ['星野'], delivery: ['express'], spec: ['colour:green'], price_min: 0, price_max: 4900, in_stock: true })
    expect(filterQuery(noFilters())).toMatchObject({ price_min: null, in_stock: undefined })
    expect(filterQuery(undefined)).toEqual({})
  })
  it('counts choices, a price once', () => {
    expect(chosenCount({ ...noFilters('c'), tags: ['a', 'b'], brands: ['x'], min: 0, max: 100 })).toBe(5)
    expect(chosenCount(noFilters('c'), false)).toBe(0)
  })
  it('takes a choice back when it is pressed again', () => {
    expect(toggled(toggled(['a'], 'b'), 'a')).toEqual(['b'])
    const band = { min: 0, max: 4900 }
    const on = withBand(noFilters(), band)
    expect([bandIsOn(on, band), bandIsOn(withBand(on, band), band), bandIsOn(noFilters(), { min: 0, max: null })]).toEqual([true, false, false])
  })
  it('keeps a chosen price in sight when other choices move the bands', () => {
    const bands = facets({ price_bands: [{ min: 0, max: 999, count: 3 }, { min: 1000, max: null, count: 2 }] })
    expect(bandsOf(bands, noFilters())).toHaveLength(2)
    expect(bandsOf(facets({ price_bands: [{ min: 0, max: null, count: 5 }] }), noFilters())).toEqual([])
    expect(bandsOf(bands, { ...noFilters(), min: 0, max: 4900 })[0]).toEqual({ min: 0, max: 4900, count: null })
    expect(bandText({ min: 5000, max: null }, (amount) => `¥${amount / 100}`)).toBe('¥50+')
  })
  it('opens the children of the chosen category beside its siblings', () => {
    const list = facets({ categories: [
      { id: 'a', parent_id: null, name: text('a'), count: 5 }, { id: 'b', parent_id: null, name: text('b'), count: 2 }, { id: 'a1', parent_id: 'a', name: text('a1'), count: 1 },
    ] })
    expect(categoriesOf(list, '').map((one) => one.id)).toEqual(['a', 'b'])
    expect(categoriesOf(list, 'a1').map((one) => one.id)).toEqual(['a', 'a1', 'b'])
  })
})

describe('a list that goes on', () => {
  const page = (items: string[], next: string | null): Page<string> => ({ items, next, total: 3 })
  it('adds page to page by cursor and ends', async () => {
    const shelf = emptyShelf<string>()
    const read = vi.fn(async (cursor: string | null) => (cursor ? page(['c'], null) : page(['a', 'b'], 'x')))
    const paging = new Paging(shelf, read)
    await paging.restart()
    await paging.more()
    await paging.more()
    expect([shelf.items, read.mock.calls.map(([cursor]) => cursor)]).toEqual([['a', 'b', 'c'], [null, 'x']])
  })
  it('never shows the answer to an older question', async () => {
    const shelf = emptyShelf<string>()
    const answers: ((page: Page<string>) => void)[] = []
    const paging = new Paging(shelf, () => new Promise<Page<string>>((resolve) => answers.push(resolve)))
    const old = paging.restart()
    const fresh = paging.restart()
    answers[1]!(page(['new'], null))
    answers[0]!(page(['old'], null))
    await Promise.all([old, fresh])
    expect([shelf.items, shelf.busy]).toEqual([['new'], false])
  })
  it('keeps what it has when the next page fails, and can go on', async () => {
    const shelf = emptyShelf<string>()
    let broken = true
    const paging = new Paging(shelf, async (cursor) => {
      if (cursor && broken) throw new Error('gone')
      return cursor ? page(['b'], null) : page(['a'], 'x')
    })
    await paging.restart()
    await paging.more()
    expect([shelf.items, !!shelf.fault, shelf.next]).toEqual([['a'], true, 'x'])
    broken = false
    await paging.more()
    expect([shelf.items, shelf.fault]).toEqual([['a', 'b'], null])
  })
  it('forgets what is on its way when it is dropped', async () => {
    const shelf = emptyShelf<string>()
    const paging = new Paging(shelf, async () => page(['a'], null))
    const asking = paging.restart()
    paging.drop()
    await asking
    expect(shelf.items).toBeNull()
  })
})

describe('words', () => {
  it('are marked where they were typed, whatever the case', () => {
    expect(marked('Iced Latte', 'latte')).toEqual({ before: 'Iced ', hit: 'Latte', after: '' })
    expect(marked('拿铁', 'natie')).toEqual({ before: '拿铁', hit: '', after: '' })
  })
  it('stand in the middle of a sentence', () => expect(around('您是不是要找“{what}”')).toEqual(['您是不是要找“', '”']))
  it('come first in the history, once', () => {
    expect(remembered(['a', 'b'], 'b')).toEqual(['b', 'a'])
    expect(remembered(Array.from({ length: 20 }, (_, at) => String(at)), 'x')).toHaveLength(20)
  })
})
