// After a build: takes out the calls that @dcloudio's runtime makes to its own CDN, then fails when any foreign host is
// left in the output, when the mini-program's main package is over 1 MB, or when an H5 file outside /assets has no hash.
import { existsSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { constants, brotliCompressSync } from 'node:zlib'
import { extname, join, relative } from 'node:path'

const platform = process.argv[2]
const root = join('dist', 'build', platform)
const MAIN_LIMIT = 1024 * 1024
const TEXT = new Set(['.js', '.css', '.html', '.json', '.wxml', '.wxss', '.wxs', '.svg'])
/** Names that are no calls: XML namespaces and the API's placeholder, which the packing command replaces. */
const HARMLESS = /^(https?:)?\/\/(www\.w3\.org|API-HOST\.invalid)\b/

function walk(folder) {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) =>
    entry.isDirectory() ? walk(join(folder, entry.name)) : [join(folder, entry.name)],
  )
}

/** What uni-app's runtime carries besides the shop: map providers, its analytics, its CDN. None of it is used here. */
const STRIP = [
  [/https?:\/\/[a-z0-9.-]*(dcloud\.net\.cn|dcloud\.io|cdn\.dcloud)[^"'`\s)\\]*/g, ''],
  [/https:\/\/(router\.)?vuejs\.org[^"'`\s)\\]*/g, ''], // addresses in error texts
  [/url\((["']?)https?:\/\/[a-z0-9.-]*(dcloud|bspapp)[^)]*\)/g, 'none'],
]

function hosts(text) {
  const found = text.match(/(https?:|wss?:)?\/\/(?=[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)+)[A-Za-z0-9.-]+/g) ?? []
  return found.filter((one) => (/^(https?|wss?):/.test(one) || /\.(com|cn|net|org|io|app|dev|co)$/.test(one)) && !HARMLESS.test(one))
}

// The tab bar's pictures are for the mini-program; H5 has them inline (theme.json).
if (platform === 'h5') rmSync(join(root, 'static', 'tab'), { recursive: true, force: true })

const files = walk(root)
const faults = []
for (const file of files) {
  if (!TEXT.has(extname(file))) continue
  let text = readFileSync(file, 'utf8')
  const before = text
  for (const [pattern, instead] of STRIP) text = text.replace(pattern, instead)
  if (platform === 'mp-weixin' && file.endsWith('.wxml')) text = text.replace(/(\s)role=/g, '$1aria-role=')
  if (text !== before) writeFileSync(file, text)
  for (const host of new Set(hosts(text))) faults.push(`${relative(root, file)} names a foreign host: ${host}`)
}

if (platform === 'mp-weixin') {
  const app = JSON.parse(readFileSync(join(root, 'app.json'), 'utf8'))
  const sub = (app.subPackages ?? []).map((one) => join(root, one.root) + '/')
  const main = files.filter((file) => !sub.some((folder) => file.startsWith(folder))).reduce((sum, file) => sum + statSync(file).size, 0)
  console.log(`main package ${(main / 1024).toFixed(0)} KB of ${MAIN_LIMIT / 1024} KB`)
  if (main > MAIN_LIMIT) faults.push(`the main package has ${main} bytes, more than ${MAIN_LIMIT}`)
  for (const page of [...app.pages, ...(app.subPackages ?? []).flatMap((one) => one.pages.map((page) => `${one.root}/${page}`))]) {
    if (!existsSync(join(root, `${page}.wxml`))) faults.push(`page ${page} was not built`)
  }
}

/** Beside every text file its Brotli form, which the server hands out as it is. */
function pack(folder) {
  for (const file of walk(folder)) {
    if (!TEXT.has(extname(file))) continue
    const text = readFileSync(file)
    const params = { [constants.BROTLI_PARAM_QUALITY]: 11, [constants.BROTLI_PARAM_SIZE_HINT]: text.length }
    writeFileSync(`${file}.br`, brotliCompressSync(text, { params }))
  }
}

/** The chunks that a chunk needs at once, itself included. */
function needs(chunk, found = new Set()) {
  if (found.has(chunk)) return found
  found.add(chunk)
  const text = readFileSync(join(root, 'assets', chunk), 'utf8')
  for (const [, next] of text.matchAll(/(?:from|import)\s*"\.\/([\w.-]+\.js)"/g)) needs(next, found)
  return found
}

if (platform === 'h5') {
  // The home page's own program is asked for together with the main one, not after it.
  const home = readdirSync(join(root, 'assets')).find((name) => /^pages-home-.*\.js$/.test(name))
  const page = join(root, 'index.html')
  const html = readFileSync(page, 'utf8')
  // The style sheet and the program are named after the goods, so that the pictures are asked for first; a module waits for the
  // style sheets before it.
  const main = /<script type="module" crossorigin src="([^"]+)"><\/script>/.exec(html)
  const style = /<link rel="stylesheet"[^>]*>/.exec(html)
  if (!main || !style) faults.push('index.html has no start of the program to put behind the first picture')
  else {
    const chunks = [main[1], ...[...needs(home)].map((chunk) => `./assets/${chunk}`).filter((chunk) => !html.includes(chunk))]
    const later = style[0] + chunks.map((chunk) => `<link rel="modulepreload" fetchpriority="low" crossorigin href="${chunk}">`).join('')
      + `<script type="module">window.__shown.then(() => import("${main[1]}"))</script>`
    const bare = html.replace(main[0], '').replace(style[0], '').replace(/<link rel="modulepreload"[^>]*>/g, '')
    writeFileSync(page, bare.replace('</body>', () => `${later}</body>`))
  }
  for (const file of files.map((one) => relative(root, one))) {
    if (file !== 'index.html' && !/^assets\/.+[-.][\w-]{8}\.\w+$/.test(file)) faults.push(`${file} has no content hash under assets/`)
  }
}

if (faults.length) {
  console.error(faults.join('\n'))
  process.exit(1)
}
if (platform === 'h5') pack(join(root, 'assets'))
console.log(`${platform}: ${files.length} files, no foreign host`)
