/** How a figure stands against an earlier one. */
export interface Change {
  /** Signed and rounded percent, or null when the earlier figure was 0 and a ratio says nothing. */
  percent: number | null
  direction: 'up' | 'down' | 'same'
}

export function change(now: number, before: number): Change {
  if (now === before) return { percent: 0, direction: 'same' }
  const direction = now > before ? 'up' : 'down'
  if (before === 0) return { percent: null, direction }
  return { percent: Math.round(((now - before) / before) * 100), direction }
}

/** "+12%", "-3%"; "" when there is no ratio. */
export function changeText({ percent }: Change): string {
  if (percent === null) return ''
  return `${percent > 0 ? '+' : ''}${percent}%`
}
