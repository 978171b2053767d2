// WXSS to CSS: imports inlined, rpx to vw, tag selectors to the renamed tags.
import { posix } from 'node:path'
import { BUILTINS } from './tags.mjs'
import { toBrowserUnits } from './units.mjs'

const IMPORT = /@import\s+["']([^"']+)["'];?/g
const SELECTOR = new RegExp(`(^|[\\s,>+~}(])(page|${BUILTINS.join('|')})(?=[\\s,>+~.:#\\[{)]|$)`, 'g')

export function inlineImports(file, read) {
  return read(file)
    .replace(/\/\*[\s\S]*?\*\//g, '')
    .replace(IMPORT, (_, path) => {
      const base = path.startsWith('/') ? '' : posix.dirname(file)
      return inlineImports(posix.normalize(posix.join(base, path)).replace(/^\//, ''), read)
    })
}

export function toCss(wxss) {
  return toBrowserUnits(wxss).replace(/([^{}]*)\{/g, (whole, selector) =>
    /^\s*@/.test(selector) ? whole : `${selector.replace(SELECTOR, (_, before, tag) => before + (tag === 'page' ? '.wx-page' : `wx-${tag}`))}{`,
  )
}
