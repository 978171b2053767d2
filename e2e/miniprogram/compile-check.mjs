// node compile-check.mjs SRC: every emitted WXML, WXS and WXSS file goes through the platform's own compilers.
import { spawnSync } from 'node:child_process'
import { chmodSync, copyFileSync, mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { dirname, join, resolve } from 'node:path'

const source = resolve(process.argv[2] ?? '')
const compilers = join(dirname(createRequire(import.meta.url).resolve('miniprogram-compiler/package.json')), 'bin')
const scratch = mkdtempSync(join(tmpdir(), 'wcc-'))

const files = readdirSync(source, { recursive: true }).map((name) => name.replaceAll('\\', '/')).sort()
const templates = files.filter((name) => /\.(wxml|wxs)$/.test(name))
const sheets = files.filter((name) => name.endsWith('.wxss'))
if (!templates.length || !sheets.length) {
  console.error(`nothing to compile in ${source}: build the mini-program first (npm run build:mp-weixin in storefront)`)
  process.exit(2)
}

/** The package ships the programs without their run bit; a private copy leaves node_modules as installed. */
function program(name) {
  const copy = join(scratch, name)
  copyFileSync(join(compilers, 'linux', name), copy)
  chmodSync(copy, 0o755)
  return copy
}

function compile(name, args, inputs) {
  const run = spawnSync(program(name), [...args, '-o', join(scratch, `${name}.js`), ...inputs], { cwd: source, encoding: 'utf8', maxBuffer: 1 << 28 })
  if (run.error || run.status !== 0) {
    console.error(`${name} refused the build (exit ${run.status ?? run.error?.message}):\n${run.stderr || run.stdout}`)
    process.exitCode = 1
  } else {
    console.log(`${name}: ${inputs.length} files compiled`)
  }
}

compile('wcc', ['-d'], templates)
compile('wcsc', ['-lc', '-js', '-pc', String(sheets.length)], sheets)
rmSync(scratch, { recursive: true })
