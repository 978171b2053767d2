import { describe, expect, it } from 'vitest'
import type { Address, Order } from '@/api/types'
import { alive, numberWord, promiseWord, reached, stages, stageWords, statusWord } from '@/logic/progress'
import { betterMethod, billRows, firstAddress, firstMethod, quotesOf, noShipping } from '@/logic/settling'

const order = (extra: object) => ({ delivery_method: 'pickup', status: 'paid', refund_status: null, fulfillments: [], timeline: [], ...extra }) as unknown as Order

describe('how far an order has come', () => {
  it.each([
    [{ status: 'pending_payment' }, -1], [{ status: 'paid' }, 0], [{ status: 'preparing' }, 1],
    [{ status: 'preparing', fulfillments: [{ status: 'ready' }] }, 2], [{ status: 'completed' }, 3],
    [{ status: 'fulfilled', delivery_method: 'express', fulfillments: [{ status: 'shipped' }] }, 2], [{ status: 'cancelled' }, -1],
    [{ status: 'paid', delivery_method: 'virtual' }, 0], [{ status: 'fulfilled', delivery_method: 'virtual' }, 1], [{ status: 'completed', delivery_method: 'virtual' }, 2],
  ])('%o is at stage %i', (extra, stage) => expect(reached(order(extra))).toBe(stage))
  it('shows when each stage was reached, and nothing for an unpaid order', () => {
    const seen = stages(order({ status: 'preparing', timeline: [{ kind: 'paid', at: 'T1' }, { kind: 'preparing', at: 'T2' }] }))
    expect(seen.map((one) => [one.state, one.at])).toEqual([['past', 'T1'], ['now', 'T2'], ['next', null], ['next', null]])
    expect(stages(order({ status: 'cancelled' }))).toEqual([])
  })
  it('is done when it was completed, not when its last parcel had left', () => {
    const express = { delivery_method: 'express', timeline: [{ kind: 'fulfilled', at: 'T1' }, { kind: 'completed', at: 'T2' }], completed_at: 'T2' }
    expect(stages(order({ ...express, status: 'completed' }))[3]!.at).toBe('T2')
    expect(stages(order({ delivery_method: 'delivery', status: 'fulfilled', timeline: [{ kind: 'delivered', at: 'T3' }] }))[3]!.at).toBe('T3')
  })
  it('listens until nothing more can happen', () => {
    expect([alive({ status: 'completed', refund_status: null }), alive({ status: 'cancelled', refund_status: 'processing' }), alive({ status: 'paid', refund_status: null })]).toEqual([false, true, true])
  })
})

describe('the words for it', () => {
  const of = (layout: string, delivery_method = 'pickup') => ({ delivery_method, store: { layout } })
  it('are those of food, of goods, or of a table', () => {
    const status = (layout: string, status: string, refund_status: string | null = null, partly_shipped = false) => statusWord({ ...of(layout), status, refund_status, partly_shipped })
    expect([status('menu', 'preparing'), status('grid', 'preparing'), status('grid', 'paid'), status('grid', 'preparing', null, true)]).toEqual(['order.status.preparing', 'order.status.packing', 'order.status.paid', 'order.partly'])
    expect([status('grid', 'paid', 'refunded', true), status('grid', 'cancelled', 'refunded'), status('grid', 'paid', 'processing')]).toEqual(['order.refund.all', 'order.refund.refunded', 'order.refund.processing'])
    expect([stageWords('making', of('menu')), stageWords('making', of('grid')), stageWords('ready', of('grid')), stageWords('ready', of('menu', 'dine_in')), stageWords('paid', of('grid'))]).toEqual(['stage.making', 'stage.makingGoods', 'stage.readyGoods', 'stage.readyTable', 'stage.paid'])
    expect([promiseWord('by', 'express'), promiseWord('days'), promiseWord('days', 'pickup')]).toEqual(['presale.by', 'presale.days', 'presale.daysReady'])
    expect([numberWord(of('menu')), numberWord(of('grid')), numberWord(of('menu', 'dine_in'))]).toEqual(['paid.pickupNumber', 'paid.goodsNumber', 'paid.callNumber'])
  })
})

describe('what the confirm page begins with', () => {
  const store = (methods: string[]) => ({ delivery_methods: methods }) as never
  it('is the table, then the last way, then the store’s first', () => {
    expect(firstMethod(store(['dine_in', 'pickup', 'delivery']), true, 'delivery')).toBe('dine_in')
    expect(firstMethod(store(['dine_in', 'pickup', 'delivery']), false, 'delivery')).toBe('delivery')
    expect(firstMethod(store(['dine_in', 'pickup']), false, 'express')).toBe('pickup')
    expect(firstMethod(store(['dine_in']), false, undefined)).toBe('dine_in')
  })
  it('is the chosen address, else the default, else the first', () => {
    const list = [{ id: 'a' }, { id: 'b', is_default: true }] as never
    expect([firstAddress(list, 'a')?.id, firstAddress(list, 'gone')?.id, firstAddress([], '')]).toEqual(['a', 'b', null])
  })
})

describe('the bill', () => {
  const words = { items: 'i', packing: 'p', shipping: 's', tax: 't', discount: 'd' }
  const quote = { items_total: 100, packing_fee: 0, shipping_fee: 5, tax: 0, discount_total: 30, adjustments: [{ kind: 'x', label: { zh: '减', en: 'off' }, amount: -30 }] }
  it('gives each discount its reason, and leaves out postage that nobody knows yet', () => {
    expect(billRows(quote, words, (text) => text.zh)).toEqual([{ word: 'i', amount: 100 }, { word: 's', amount: 5 }, { word: '减', amount: 30, off: true }])
    expect(['address_location_needed', 'too_far', 'below_minimum'].map((code) => noShipping('delivery', {} as Address, { problems: [{ code, message: '' }] }))).toEqual([true, true, false])
    expect([noShipping('pickup', null, { problems: [] }), noShipping('express', null, { problems: [] })]).toEqual([true, true])
    expect(billRows({ ...quote, adjustments: [] }, words, (text) => text.zh, true)).toEqual([{ word: 'i', amount: 100 }, { word: 'd', amount: 30, off: true }])
  })
  it('reads the new quotes of a refusal', () => {
    expect(quotesOf([{ fingerprint: 'f' }, null, 3])).toHaveLength(1)
    expect(quotesOf(undefined)).toEqual([])
  })
})

describe('how goods can be received', () => {
  it('goes to the way that all of them allow, and stays where there is none', () => {
    expect(betterMethod('express', { methods: ['virtual'] })).toBe('virtual')
    expect(betterMethod('pickup', { methods: ['express', 'pickup'] })).toBeNull()
    expect(betterMethod('express', { methods: [] })).toBeNull()
  })
})
