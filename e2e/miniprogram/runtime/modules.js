// CommonJS modules of the package, and the globals through which they register App, Page and Component.
import { appJson, bundle } from './package.js'
import { space } from './space.js'

const loaded = {}
const registered = new Set()
const app = { current: null }
let registering = ''

export function resolve(from, path) {
  const parts = path.startsWith('/') ? [] : from.split('/').slice(0, -1)
  for (const part of path.split('/')) {
    if (part === '..') parts.pop()
    else if (part && part !== '.') parts.push(part)
  }
  const file = parts.join('/')
  return file.endsWith('.js') ? file : `${file}.js`
}

export function requireModule(id) {
  if (!loaded[id]) {
    const factory = bundle.modules[id]
    if (!factory) throw new Error(`the package has no module ${id}`)
    const module = (loaded[id] = { exports: {} })
    factory.call(module.exports, (path) => requireModule(resolve(id, path)), module, module.exports)
  }
  return loaded[id].exports
}

/** Registers a page or component with everything it uses, then runs its module. */
export function registerComponent(path) {
  if (registered.has(path)) return
  registered.add(path)
  const using = {}
  for (const [tag, target] of Object.entries({ ...appJson.usingComponents, ...bundle.json[path]?.usingComponents })) {
    const used = resolve(`${path}.js`, target).slice(0, -3)
    using[tag] = `/${used}`
    registerComponent(used)
  }
  space.addComponentStaticConfig(path, { component: true, usingComponents: using, styleIsolation: 'shared' })
  const content = bundle.templates[path]
  if (content) space.addCompiledTemplate(path, { groupList: bundle.templates, content })
  const outer = registering
  registering = path
  requireModule(`${path}.js`)
  registering = outer
}

/**
 * What the platform adds to the engine: no built-in behaviours by name, the `is` that frameworks read in `attached`, and
 * `ready` after the first rendering, which the engine leaves to its host.
 */
function adapt(definition) {
  definition.behaviors = (definition.behaviors ?? []).filter((behavior) => typeof behavior !== 'string')
  const attached = definition.lifetimes?.attached
  definition.lifetimes = {
    ...definition.lifetimes,
    attached() {
      this.is ??= this._$.is
      attached?.call(this)
      Promise.resolve().then(() => this._$?.triggerLifetime('ready', []))
    },
  }
  return definition
}

/** These globals must exist before the package's vendor module captures them. */
export function installModules() {
  window.Component = (definition) => space.component(registering).definition(adapt(definition)).register()
  window.Page = (definition) => space.componentEnv(registering, ({ Page }) => Page(definition))
  window.Behavior = (definition) => space.behavior().definition(adapt(definition)).register()
  window.App = (definition) => { app.current = definition }
  window.getApp = () => app.current
  return app
}
