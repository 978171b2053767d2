import assert from 'node:assert/strict'
import { test } from 'node:test'
import { inlineImports, toCss } from './styles.mjs'
import { renameTags } from './tags.mjs'

test('rpx follow the width of the screen', () => {
  assert.equal(toCss('.a{width:750rpx;margin:-15rpx}'), '.a{width:100vw;margin:-2vw}')
})

test('vh is the height of the page, not of the screen', () => {
  assert.equal(toCss('.a{min-height:80vh}'), '.a{min-height:calc(var(--vh, 1vh) * 80)}')
})

test('tag selectors follow the renamed tags, class names that look alike do not', () => {
  assert.equal(toCss('view .view>text,page{color:red}'), 'wx-view .view>wx-text,.wx-page{color:red}')
})

test('at-rules keep their heads', () => {
  assert.equal(toCss('@media (min-width:1px){view{a:b}}'), '@media (min-width:1px){wx-view{a:b}}')
})

test('imports are inlined where they stand, relative to their file', () => {
  const files = { 'a/b.wxss': '@import "../c.wxss";.b{x:y}', 'c.wxss': '/* c */.c{x:y}' }
  assert.equal(inlineImports('a/b.wxss', (name) => files[name]), '.c{x:y}.b{x:y}')
})

test('tags and bindings are rewritten, own components are left alone', () => {
  assert.equal(
    renameTags('<view bindtap="a"><my-view/><text catchtap="b">x</text></view>'),
    '<wx-view bind:tap="a"><my-view/><wx-text catch:tap="b">x</wx-text></wx-view>',
  )
})
