import { describe, expect, it } from 'vitest'

import { composing, type KeyLike, SEQUENCE_MS, ShortcutMatcher, typing } from '@/keys/shortcuts'

function key(name: string, more: Partial<KeyLike> = {}): KeyLike {
  return { key: name, isComposing: false, keyCode: 0, ctrlKey: false, metaKey: false, altKey: false, target: document.body, ...more }
}
const matcher = (): ShortcutMatcher => new ShortcutMatcher(['/', '?', 'g o', 'g p'])

describe('ShortcutMatcher', () => {
  it('matches single keys and sequences', () => {
    const keys = matcher()
    expect(keys.press(key('/'), 0)).toBe('/')
    expect(keys.press(key('g'), 10)).toBeNull()
    expect(keys.press(key('o'), 20)).toBe('g o')
    expect(keys.press(key('o'), 30)).toBeNull()
  })

  it('forgets the first key after a while and after another key', () => {
    const keys = matcher()
    keys.press(key('g'), 0)
    expect(keys.press(key('o'), SEQUENCE_MS + 1)).toBeNull()
    keys.press(key('g'), 5000)
    keys.press(key('x'), 5010)
    expect(keys.press(key('o'), 5020)).toBeNull()
  })

  it('is silent while an input method is composing', () => {
    const keys = matcher()
    expect(keys.press(key('/', { isComposing: true }), 0)).toBeNull()
    expect(keys.press(key('/', { keyCode: 229 }), 0)).toBeNull()
    keys.press(key('g'), 10)
    keys.press(key('o', { isComposing: true }), 20)
    expect(keys.press(key('o'), 30)).toBeNull()
    expect(composing({ isComposing: false, keyCode: 13 })).toBe(false)
  })

  it('leaves modifiers to the browser', () => {
    const keys = matcher()
    for (const modifier of ['ctrlKey', 'metaKey', 'altKey'] as const) expect(keys.press(key('/', { [modifier]: true }), 0)).toBeNull()
  })

  it('leaves letters to fields', () => {
    const keys = matcher()
    const input = document.createElement('input')
    const area = document.createElement('textarea')
    const tick = Object.assign(document.createElement('input'), { type: 'checkbox' })
    const editor = document.createElement('div')
    editor.setAttribute('contenteditable', 'true')
    const inside = editor.appendChild(document.createElement('p'))
    for (const target of [input, area, editor, inside]) {
      expect(typing(target)).toBe(true)
      expect(keys.press(key('/', { target }), 0)).toBeNull()
    }
    expect(keys.press(key('/', { target: tick }), 0)).toBe('/')
  })
})
