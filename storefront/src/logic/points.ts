import type { Order, StorePoints } from '@/api/types'

/** A change of points as it is read: "+12", "−12". */
export function signed(delta: number): string {
  return delta < 0 ? `−${-delta}` : `+${delta}`
}

/** What a store's rule says, in the order a buyer asks: how they are earned, what they are worth. Words are keys with their numbers. */
export function ruleWords(rule: StorePoints['rule']): { key: string; params: Record<string, string | number> }[] {
  const words: { key: string; params: Record<string, string | number> }[] = []
  if (rule.earning) words.push({ key: 'points.ruleEarn', params: { n: rule.per_yuan } })
  if (rule.spending) words.push({ key: 'points.ruleSpend', params: { n: rule.worth, percent: rule.percent } })
  return words.length ? words : [{ key: 'points.ruleOff', params: {} }]
}

/** What an order did with points, as far as there is something to say. */
export function orderWords(points: Order['points']): { key: string; n: number }[] {
  if (!points) return []
  const all = [
    { key: 'points.givenBack', n: points.given_back },
    { key: 'points.earned', n: points.earned },
    { key: 'points.toEarn', n: points.to_earn },
  ]
  return all.filter((one) => one.n > 0)
}
