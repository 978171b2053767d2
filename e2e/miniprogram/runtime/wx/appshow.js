// Who is told when the mini-program comes to the front again, and by whom.
const listeners = new Set()

export const onAppShow = (listener) => { listeners.add(listener) }
export const offAppShow = (listener) => { if (listener) listeners.delete(listener); else listeners.clear() }

/** The platform brings the mini-program back, e.g. from a component of its own. */
export function shown(referrerInfo) {
  for (const listener of [...listeners]) listener({ path: '', query: {}, scene: 1038, referrerInfo })
}
