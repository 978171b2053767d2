// Fails the build when it names a foreign host: the console must work on a closed network and never leak a visit.
import { readdirSync, readFileSync, statSync } from 'node:fs'
import { join, relative } from 'node:path'
import { fileURLToPath } from 'node:url'

const dist = fileURLToPath(new URL('../dist', import.meta.url))

// Names, not addresses: XML namespaces that browsers never fetch, and a text inside error messages.
const NAMES = [
  'http://www.w3.org/',
  'https://www.w3.org/',
  'https://vuejs.org/error-reference/', // printed by Vue in an error's text
  'https://tdesign.tencent.com', // printed by tdesign in a warning's text
  'http://localhost', // base for parsing relative addresses
]

function* files(dir) {
  for (const name of readdirSync(dir)) {
    const path = join(dir, name)
    if (statSync(path).isDirectory()) yield* files(path)
    else yield path
  }
}

const found = []
let bytes = 0
for (const path of files(dist)) {
  bytes += statSync(path).size
  if (!/\.(js|css|html|svg|json)$/.test(path)) continue
  const text = readFileSync(path, 'utf8')
  for (const match of text.matchAll(/(?:https?:|wss?:)?\/\/[a-z0-9][a-z0-9-]*(?:\.[a-z0-9-]+)+[^\s"'`)<>\\]*/gi)) {
    const url = match[0]
    // A "//" without scheme is an address only as the value of a string or url().
    if (url.startsWith('//') && !/["'`(]/.test(text[match.index - 1] ?? '')) continue
    if (!NAMES.some((name) => url.startsWith(name))) found.push(`${relative(dist, path)}: ${url.slice(0, 120)}`)
  }
}

if (found.length > 0) {
  console.error(`The build names foreign hosts:\n  ${[...new Set(found)].join('\n  ')}`)
  process.exit(1)
}
console.log(`build: ${(bytes / 1024).toFixed(0)} KB, no foreign host`)
