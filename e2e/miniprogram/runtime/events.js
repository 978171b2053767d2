// How events reach handlers, the way the platform does it.
import * as glass from 'glass-easel'
import { toBrowserUnits } from '../units.mjs'

export const errors = (window.__errors = [])

export function reportErrors() {
  glass.globalOptions.throwGlobalError = false
  glass.addGlobalErrorListener?.((fault) => {
    errors.push(String(fault?.stack ?? fault))
    console.error(fault)
  })
  addEventListener('unhandledrejection', (event) => errors.push(String(event.reason?.stack ?? event.reason)))
}

/** Handlers get plain objects: frameworks write to `detail`, which the engine's own event only inherits. */
function plain(event) {
  if (!event || typeof event !== 'object' || !('currentTarget' in event) || !('detail' in event)) return event
  const { type, detail, target, currentTarget, mark } = event
  const touches = event.touches ?? detail?.touches ?? []
  const changedTouches = event.changedTouches ?? detail?.changedTouches ?? touches
  return { type, detail, target, currentTarget, mark, touches, changedTouches, timeStamp: performance.now() }
}

const inherited = glass.Component.getMethod
/** Handlers may be put on an instance at run time, where the engine does not look. */
glass.Component.getMethod = (component, name) => {
  const caller = component.getMethodCaller()
  const own = Object.hasOwn(caller, name) && typeof caller[name] === 'function' ? caller[name] : null
  const handler = own ?? inherited.call(glass.Component, component, name)
  return handler && function (event, ...rest) { return handler.call(this, plain(event), ...rest) }
}
glass.globalOptions.useMethodCallerListeners = true

const setStyle = glass.Element.prototype.setNodeStyle
/** Inline styles are written in the platform's units too. */
glass.Element.prototype.setNodeStyle = function (style, ...rest) {
  return setStyle.call(this, toBrowserUnits(String(style ?? '')), ...rest)
}

/** Browser events reach the engine through the context; the adapter leaves this connection to its user. */
export function connectEvents(context) {
  context.onEvent((target, type, detail, flags) => {
    const event = new glass.Event(type, detail, flags)
    glass.Event.dispatchEvent(target, event)
    return event.defaultPrevented ? 1 : 0
  })
}
