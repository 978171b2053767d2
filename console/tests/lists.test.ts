import { describe, expect, it } from 'vitest'

import type { Category } from '@/api/types'
import { columnOf, nextStep } from '@/pages/board/columns'
import { reordered } from '@/pages/categories/reorder'
import { categoryTree, flatten, selfAndBelow } from '@/pages/categories/tree'
import { change, changeText } from '@/pages/dashboard/change'
import { bandsAscend, parsePlace, wrongDays } from '@/pages/settings/check'
import { onward } from '@/router'

describe('the board', () => {
  it('hangs orders by what they wait for', () => {
    expect(columnOf({ status: 'paid', actions: ['prepare', 'ship', 'cancel'] })).toBe('new')
    expect(columnOf({ status: 'preparing', actions: ['ready', 'cancel'] })).toBe('making')
    expect(columnOf({ status: 'preparing', actions: ['hand_over'] })).toBe('ready')
    expect(columnOf({ status: 'preparing', actions: ['ship', 'cancel'] })).toBe('ship')
    expect(columnOf({ status: 'fulfilled', actions: ['deliver', 'complete'] })).toBe('way')
    expect(columnOf({ status: 'fulfilled', actions: [] })).toBeNull()
  })
  it('never offers cancelling as the next step', () => expect(nextStep({ actions: ['cancel'] })).toBeNull())
})

describe('categories', () => {
  const one = (id: string, parent: string | null, sort: number): Category =>
    ({ id, parent_id: parent, sort, name: { zh: id, en: id }, icon: null, product_count: 0, visible: true }) as Category
  const items = [one('b', null, 2), one('a', null, 1), one('a2', 'a', 2), one('a1', 'a', 1), one('lost', 'gone', 3)]

  it('stand in order, orphans on top', () => {
    expect(flatten(categoryTree(items)).map((node) => [node.category.id, node.depth])).toEqual([
      ['a', 0],
      ['a1', 1],
      ['a2', 1],
      ['b', 0],
      ['lost', 0],
    ])
    expect([...selfAndBelow(categoryTree(items), 'a')]).toEqual(['a', 'a1', 'a2'])
  })
  it('move even when their numbers are equal', () => {
    const equal = [one('x', null, 0), one('y', null, 0)]
    expect(reordered(equal, 'y', -1).map((item) => [item.id, item.sort])).toEqual([
      ['y', 1],
      ['x', 2],
    ])
    expect(reordered(equal, 'x', -1)).toEqual([])
  })
})

describe('figures', () => {
  it('compare without dividing by nothing', () => {
    expect(changeText(change(112, 100))).toBe('+12%')
    expect(changeText(change(97, 100))).toBe('-3%')
    expect(change(5, 0)).toEqual({ percent: null, direction: 'up' })
    expect(change(0, 0).direction).toBe('same')
  })
})

describe('settings', () => {
  it('find hours that cannot be', () => {
    expect(wrongDays([{ day: 1, open: '08:00', close: '12:00' }, { day: 1, open: '13:00', close: '02:00' }])).toEqual([])
    expect(wrongDays([{ day: 2, open: '08:00', close: '12:00' }, { day: 2, open: '11:00', close: '14:00' }])).toEqual([2])
    expect(wrongDays([{ day: 7, open: '00:00', close: '00:00' }])).toEqual([])
    expect(wrongDays([{ day: 7, open: '00:00', close: '00:00' }, { day: 7, open: '09:00', close: '10:00' }])).toEqual([7])
  })
  it('want bands that reach farther each time', () => {
    expect(bandsAscend([{ up_to_m: 1000, fee: 3 }, { up_to_m: 3000, fee: 6 }])).toBe(true)
    expect(bandsAscend([{ up_to_m: 1000, fee: 3 }, { up_to_m: 1000, fee: 6 }])).toBe(false)
  })
  it('read coordinates', () => {
    expect(parsePlace('31.2304, 121.4737')).toEqual({ lat: 31.2304, lng: 121.4737 })
    expect(parsePlace('31.2304，121.4737')).toEqual({ lat: 31.2304, lng: 121.4737 })
    expect(parsePlace('')).toBeNull()
    expect(parsePlace('91, 0')).toBeUndefined()
    expect(parsePlace('here')).toBeUndefined()
  })
})

it('goes on only to places inside the console after signing in', () => {
  expect(onward('/orders?status=paid')).toBe('/orders?status=paid')
  for (const wanted of ['//evil.example', '/\\evil.example', 'https://evil.example', undefined, ['/x']]) expect(onward(wanted)).toBe('/')
})
