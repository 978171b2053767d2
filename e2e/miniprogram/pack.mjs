// node pack.mjs SRC OUT: turn a built mini-program (mp-weixin output) into a page that runs in a browser.
//
// WXML and WXS are compiled by glass-easel's own compiler; WXSS becomes one style sheet; JavaScript modules are wrapped
// as they are. OUT/index.html with ?sandbox=ORIGIN&api=HOST opens it; see README.md.
import { build, transformSync } from 'esbuild'
import { TmplGroup } from 'glass-easel-template-compiler'
import { copyFileSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { BUILTINS, renameTags } from './tags.mjs'
import { inlineImports, toCss } from './styles.mjs'

const here = dirname(fileURLToPath(import.meta.url))
const ASSETS = /\.(png|jpe?g|gif|svg|webp|ttf|woff2?)$/

export async function pack(source, target) {
  const files = readdirSync(source, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath ?? entry.path, entry.name).slice(source.length + 1).replaceAll('\\', '/'))
  const read = (file) => readFileSync(join(source, file), 'utf8')
  const ending = (suffix) => files.filter((file) => file.endsWith(suffix))

  const { code, messages } = compileTemplates(ending('.wxml'), ending('.wxs'), read)
  const sheets = ending('.wxss').filter((file) => file === 'app.wxss' || !isImported(file, ending('.wxss'), read))
  sheets.sort((a, b) => Number(b === 'app.wxss') - Number(a === 'app.wxss') || a.localeCompare(b))
  const css = sheets.map((file) => `/* ${file} */\n${toCss(inlineImports(file, read))}`).join('\n')
  const json = Object.fromEntries(ending('.json').map((file) => [file.slice(0, -5), JSON.parse(read(file))]))
  const modules = ending('.js').map((file) => `__define(${JSON.stringify(file)}, function (require, module, exports) {${commonJs(read(file))}\n});`)

  mkdirSync(target, { recursive: true })
  for (const file of files.filter((name) => ASSETS.test(name))) {
    mkdirSync(dirname(join(target, file)), { recursive: true })
    copyFileSync(join(source, file), join(target, file))
  }
  writeFileSync(join(target, 'app.css'), css)
  writeFileSync(
    join(target, 'app.js'),
    `window.__package = { json: ${JSON.stringify(json)}, modules: {} };\n` +
      'window.__define = (name, factory) => { __package.modules[name] = factory };\n' +
      `__package.templates = (function () { return ${code} })();\n${modules.join('\n')}`,
  )
  await build({
    entryPoints: [join(here, 'runtime/main.js')],
    bundle: true,
    format: 'iife',
    outfile: join(target, 'runtime.js'),
    logLevel: 'error',
  })
  copyFileSync(join(here, 'index.html'), join(target, 'index.html'))
  copyFileSync(join(here, 'base.css'), join(target, 'base.css'))
  return { templates: ending('.wxml').length, modules: modules.length, messages }
}

function compileTemplates(templates, scripts, read) {
  const group = new TmplGroup()
  const messages = []
  for (const file of scripts) group.addScript(file, read(file))
  for (const file of templates) {
    for (const m of group.addTmpl(file.slice(0, -5), renameTags(read(file))) ?? []) {
      messages.push(`${file}:${m.start_line ?? '?'} ${m.message ?? m.code}`)
    }
  }
  return { code: group.getTmplGenObjectGroups(), messages }
}

function isImported(file, all, read) {
  const name = file.split('/').at(-1)
  return all.some((other) => other !== file && read(other).includes(name) && inlineImports(other, read) !== read(other))
}

function commonJs(text) {
  const isModule = /^\s*(import|export)\b|[;}](import|export)[ {]/m.test(text)
  return isModule ? transformSync(text, { format: 'cjs', target: 'es2022' }).code : text
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const [source, target] = process.argv.slice(2)
  if (!source || !target) {
    console.error('usage: node pack.mjs BUILT_MP_WEIXIN_FOLDER OUT_FOLDER')
    process.exit(2)
  }
  const report = await pack(resolve(source), resolve(target))
  console.log(`packed ${report.templates} templates, ${report.modules} modules, ${BUILTINS.length} built-in tags known`)
  for (const message of report.messages) console.log(`template: ${message}`)
}
