import { onBeforeUnmount, onMounted } from 'vue'

import { ShortcutMatcher } from './shortcuts'

/** Some dialog or drawer is open: keys belong to it. */
function covered(): boolean {
  return [...document.querySelectorAll<HTMLElement>('.t-dialog__ctx, .t-drawer--open')].some(
    (node) => node.style.display !== 'none' && node.offsetParent !== null,
  )
}

/** Listens while the component lives. A bound key that acted does not reach the page. */
export function useShortcuts(actions: Record<string, () => void>): void {
  const matcher = new ShortcutMatcher(Object.keys(actions))
  function onKey(event: KeyboardEvent): void {
    if (covered()) return
    const binding = matcher.press(event, event.timeStamp)
    if (binding === null) return
    event.preventDefault()
    actions[binding]?.()
  }
  onMounted(() => window.addEventListener('keydown', onKey))
  onBeforeUnmount(() => window.removeEventListener('keydown', onKey))
}
