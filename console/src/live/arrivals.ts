// New orders that nobody has looked at yet: counted in the title, and marked in the lists.
import { reactive, watchEffect } from 'vue'

const state = reactive({ unseen: [] as string[], title: '' })

/** An order was paid while the console was open. */
export function arrived(orderId: string): void {
  if (!state.unseen.includes(orderId)) state.unseen.push(orderId)
}

/** The lists were looked at: the badge goes, the highlight of what is on the page has been seen. */
export function seen(): void {
  state.unseen = []
}

export function isFresh(orderId: string): boolean {
  return state.unseen.includes(orderId)
}

export function unseenCount(): number {
  return state.unseen.length
}

export function setTitle(title: string): void {
  state.title = title
}

watchEffect(() => {
  document.title = `${state.unseen.length > 0 ? `(${state.unseen.length}) ` : ''}${state.title}`
})
