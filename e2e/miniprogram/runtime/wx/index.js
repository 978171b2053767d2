// The `wx` object. Anything that is asked for and not there is counted in window.__missing, and tests read it.
import { business } from './business.js'
import { device } from './device.js'
import { dialogs } from './dialogs.js'
import { media } from './media.js'
import { navigation } from './navigation.js'
import { network } from './network.js'
import { platform } from './platform.js'
import { queries } from './queries.js'
import { storage } from './storage.js'
import { options } from '../package.js'

const api = { ...business, ...device, ...dialogs, ...media, ...navigation, ...network, ...platform, ...queries, ...storage }
const missing = (window.__missing = {})
/** Every call by name, for tests that check what the mini-program asked of the platform. */
const calls = (window.__calls = [])
const ABSENT_BY_DESIGN = new Set(['preloadAssets', 'createPluginApp', 'createSubpackageApp', 'then'])

export const launchOptions = () => ({ path: options.page.split('?')[0], query: Object.fromEntries(new URLSearchParams(options.page.split('?')[1] ?? '')), scene: 1001, referrerInfo: {} })

export function installWx() {
  const known = { ...api, getLaunchOptionsSync: launchOptions, getEnterOptionsSync: launchOptions, canIUse: (what) => what.split('.')[0] in known }
  const recorded = Object.fromEntries(
    Object.entries(known).map(([name, value]) => [
      name,
      typeof value === 'function' ? (...args) => { calls.push({ name, args: plainArguments(args) }); return value(...args) } : value,
    ]),
  )
  window.wx = new Proxy(recorded, {
    get(target, name) {
      if (!(name in target) && typeof name === 'string' && !ABSENT_BY_DESIGN.has(name)) missing[name] = (missing[name] ?? 0) + 1
      return target[name]
    },
  })
}

function plainArguments(args) {
  return args.map((arg) => (arg && typeof arg === 'object' ? Object.fromEntries(Object.entries(arg).filter(([, value]) => typeof value !== 'function' && (typeof value !== 'object' || value === null || Array.isArray(value)))) : arg))
}
