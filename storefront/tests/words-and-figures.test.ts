import { describe, expect, it } from 'vitest'
import { addressFault, emptyAddress, mobile, regionText, shownPhone } from '@/logic/address'
import { entry, sectionAt, soldOut } from '@/logic/menu'
import { money, moneyParts } from '@/logic/money'
import { dueFrom, dueText, h5Method } from '@/logic/paying'
import { sealStyle } from '@/logic/theme'
import { clock, countdown, elsewhere, untilMs, when } from '@/logic/time'
import en from '@/i18n/en'
import zh from '@/i18n/zh'

describe('money', () => {
  it.each([[0, '¥0.00'], [5, '¥0.05'], [123456789, '¥1,234,567.89'], [-350, '-¥3.50']])('%i fen is %s', (fen, shown) => expect(money(fen)).toBe(shown))
  it('leaves out zeros where there is little room', () => {
    expect(money(1800, 'CNY', true)).toBe('¥18')
    expect(money(1850, 'CNY', true)).toBe('¥18.5')
  })
  it('knows currencies without a smaller unit', () => expect(moneyParts(500, 'JPY')).toMatchObject({ whole: '500', fraction: '' }))
})

describe('time', () => {
  it.each([[0, '00:00'], [999, '00:01'], [61_000, '01:01'], [3_723_000, '1:02:03'], [-5, '00:00']])('%i ms left reads %s', (ms, shown) => expect(countdown(ms)).toBe(shown))
  it('is read on a store’s clock wherever the phone is', () => {
    const [moment, now] = ['2026-12-31T18:30:00Z', Date.parse('2026-12-31T12:00:00Z')]
    expect([when(moment, now, 480), when(moment, now, 0), when(moment, now, -300)]).toEqual(['2027-01-01 02:30', '12-31 18:30', '12-31 13:30'])
    const own = -new Date(moment).getTimezoneOffset()
    expect([elsewhere(moment, own), elsewhere(moment, own + 60), when(moment, now) === when(moment, now, own)]).toEqual([false, true, true])
  })
  it('is nothing when there is no moment', () => {
    expect([untilMs(null, 0), untilMs('nonsense', 0), when(null), clock('nonsense')]).toEqual([0, 0, '', ''])
    expect(untilMs('1970-01-01T00:00:05Z', 2000)).toBe(3000)
  })
})

describe('addresses', () => {
  it.each([['13800138000', '13800138000'], ['+86 138-0013-8000', '13800138000'], ['12800138000', ''], ['1380013800', '']])('%s is the mobile number "%s"', (typed, digits) => expect(mobile(typed)).toBe(digits))
  it('say how to put a field right', () => {
    const address = emptyAddress()
    expect(addressFault('recipient', address)).toBe('address.fault.name')
    expect(addressFault('phone', { ...address, phone: '123' })).toBe('address.fault.phoneShape')
    expect(addressFault('detail', { ...address, detail: '1 幢 101' })).toBe('')
  })
  it('name a municipality once', () => expect(regionText({ province: '上海市', city: '上海市', district: '黄浦区', street: '' })).toBe('上海市 黄浦区'))
  it('show a number without its country', () => expect(shownPhone('+8613800138000')).toBe('138 0013 8000'))
})

describe('the menu', () => {
  it('knows which section is on top', () => expect([0, 99, 100, 500].map((top) => sectionAt([0, 100, 300], top))).toEqual([0, 1, 1, 2]))
  it('calls a product sold out only when every combination is', () => {
    const one = (sku: string, product: string, available: number, sold = false) => ({ sku_id: sku, product_id: product, available, sold_out: sold })
    expect([...soldOut([one('a', 'p', 0), one('b', 'p', 1), one('c', 'q', 5, true)])]).toEqual(['q'])
  })
  it('reads store and table from a code', () => {
    expect(entry({ scene: encodeURIComponent('s=coffee&t=A3') })).toEqual({ store: 'coffee', table: 'A3' })
    expect(entry({ store: 'coffee' })).toEqual({ store: 'coffee', table: '' })
  })
})

describe('paying', () => {
  it('carries what is due in an address', () => expect(dueText(dueFrom('s:o,t:p,broken'))).toBe('s:o,t:p'))
  it('chooses the way that the device can go', () => {
    expect([h5Method(390, true, ''), h5Method(1280, false, ''), h5Method(390, true, 'MicroMessenger/8')]).toEqual(['wechat_h5', 'wechat_native', 'wechat_jsapi'])
  })
})

describe('a store’s colour', () => {
  it('is taken only when it is a colour', () => {
    expect(sealStyle({ seal: '#1f6b4f' }, false)).toContain('--seal:#1f6b4f')
    expect(sealStyle({ seal: 'red;}' }, false)).toBe('')
  })
})

describe('the two languages', () => {
  const keys = (part: object, before = ''): string[] =>
    Object.entries(part).flatMap(([name, value]) => (typeof value === 'object' ? keys(value, `${before}${name}.`) : [`${before}${name}`]))
  const holes = (part: object): Record<string, string> =>
    Object.fromEntries(keys(part).map((key) => [key, (String(key.split('.').reduce((at, name) => (at as never)[name], part as never)).match(/\{\w+\}/g) ?? []).sort().join()]))
  it('say the same things, with the same blanks', () => {
    expect(keys(en).sort()).toEqual(keys(zh).sort())
    expect(holes(en)).toEqual(holes(zh))
  })
})
