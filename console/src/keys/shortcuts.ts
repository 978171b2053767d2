// Keyboard shortcuts as a small state machine over key events: single keys and two-key sequences ("g o").

export interface KeyLike {
  key: string
  isComposing: boolean
  keyCode: number
  ctrlKey: boolean
  metaKey: boolean
  altKey: boolean
  target: EventTarget | null
}

/** An input method is at work: its keys are text, never commands. Safari reports 229 on the key that ends a composition. */
export function composing(event: Pick<KeyLike, 'isComposing' | 'keyCode'>): boolean {
  return event.isComposing || event.keyCode === 229
}

/** The key goes into a field, where letters are text. */
export function typing(target: EventTarget | null): boolean {
  if (!(target instanceof HTMLElement)) return false
  if (target.isContentEditable || target.closest('[contenteditable="true"]')) return true
  if (target instanceof HTMLTextAreaElement || target instanceof HTMLSelectElement) return true
  return target instanceof HTMLInputElement && !['checkbox', 'radio', 'button', 'submit', 'file'].includes(target.type)
}

/** How long the second key of a sequence may take, in ms. */
export const SEQUENCE_MS = 1200

/**
 * Matches keys against bindings such as `/`, `?` or `g o`.
 * `press` answers the binding that was completed, or null; `now` is in ms and given by the caller.
 */
export class ShortcutMatcher {
  private pending: { key: string; at: number } | null = null

  constructor(private readonly bindings: readonly string[]) {}

  press(event: KeyLike, now: number): string | null {
    if (composing(event) || event.ctrlKey || event.metaKey || event.altKey || typing(event.target)) {
      this.pending = null
      return null
    }
    const before = this.pending !== null && now - this.pending.at <= SEQUENCE_MS ? this.pending.key : null
    this.pending = null
    if (before !== null) {
      const sequence = `${before} ${event.key}`
      if (this.bindings.includes(sequence)) return sequence
    }
    if (this.bindings.includes(event.key)) return event.key
    if (this.bindings.some((binding) => binding.startsWith(`${event.key} `))) this.pending = { key: event.key, at: now }
    return null
  }
}
