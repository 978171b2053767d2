import type { Chosen, Fen, ModifierGroup, Picture, Product, Sku, Stock } from '@/api/types'

/** Chosen value codes in spec order; null where nothing is chosen yet. */
export type Choice = (string | null)[]
/** can: a combination with stock exists · out: only sold-out ones · never: no such combination is made */
export type ValueState = 'can' | 'out' | 'never'

/** How many of a SKU can be had: 0 when it is sold out or nobody knows it. */
export function availableOf(sku: Sku, stock: Map<string, Stock>): number {
  const found = stock.get(sku.id)
  return !found || found.sold_out ? 0 : found.available
}

/** The SKUs that agree with everything chosen, except in one spec (pass -1 for none). */
function agreeing(skus: Sku[], choice: Choice, except: number): Sku[] {
  return skus.filter((sku) => choice.every((code, at) => at === except || code === null || sku.values[at] === code))
}

/** What choosing this value would mean, given the other specs' choices. */
export function valueState(product: Product, choice: Choice, spec: number, code: string, stock: Map<string, Stock>): ValueState {
  const possible = agreeing(product.skus, choice, spec).filter((sku) => sku.values[spec] === code)
  if (!possible.length) return 'never'
  return possible.some((sku) => availableOf(sku, stock) > 0) ? 'can' : 'out'
}

/** The one SKU that the choice names, or null while something is open. */
export function chosenSku(product: Product, choice: Choice): Sku | null {
  if (choice.some((code) => code === null)) return null
  return agreeing(product.skus, choice, -1)[0] ?? null
}

/** A first choice: the wanted SKU, else the first with stock, else whatever single value a spec has. */
export function firstChoice(product: Product, stock: Map<string, Stock>, wanted?: string): Choice {
  const sku = product.skus.find((one) => one.id === wanted) ?? product.skus.find((one) => availableOf(one, stock) > 0)
  if (sku) return [...sku.values]
  return product.specs.map((spec) => (spec.values.length === 1 ? spec.values[0]!.code : null))
}

/**
 * Chooses a value (or gives it back when it was chosen). If the rest of the choice cannot go with it, the other specs
 * move to the nearest SKU that has it, keeping as many choices as possible and preferring one in stock.
 */
export function choose(product: Product, choice: Choice, spec: number, code: string, stock: Map<string, Stock>): Choice {
  const next = [...choice]
  if (next[spec] === code) {
    next[spec] = null
    return next
  }
  next[spec] = code
  if (agreeing(product.skus, next, -1).length) return next
  const kept = (sku: Sku) => sku.values.filter((value, at) => value === next[at]).length + (availableOf(sku, stock) > 0 ? 0.5 : 0)
  const best = product.skus.filter((sku) => sku.values[spec] === code).sort((a, b) => kept(b) - kept(a))[0]
  return best ? [...best.values] : next
}

/** The picture of what is chosen: the SKU's, a chosen value's, else the product's first. */
export function chosenPicture(product: Product, choice: Choice): Picture | null {
  const sku = chosenSku(product, choice)
  if (sku?.picture) return sku.picture
  for (const [at, spec] of product.specs.entries()) {
    const value = spec.values.find((one) => one.code === choice[at])
    if (value?.picture) return value.picture
  }
  return product.pictures[0] ?? product.picture
}

/** The lowest and highest price (fen) among the SKUs that agree with the choice so far. */
export function priceRange(product: Product, choice: Choice): [Fen, Fen] {
  const skus = agreeing(product.skus, choice, -1)
  const prices = (skus.length ? skus : product.skus).map((sku) => sku.price)
  return prices.length ? [Math.min(...prices), Math.max(...prices)] : [product.price, product.price]
}

/** The modifiers that are set before the buyer touches anything. */
export function defaultModifiers(groups: ModifierGroup[]): Chosen[] {
  return groups.flatMap((group) =>
    group.options.filter((option) => option.default).slice(0, Math.max(group.max, 1)).map((option) => ({ group: group.code, option: option.code })),
  )
}

/** A full choice where the buyer is not asked: what is set anyway, and of each group that still misses something its first options. */
export function firstModifiers(groups: ModifierGroup[]): Chosen[] {
  const set = defaultModifiers(groups)
  for (const group of groups) {
    const mine = set.filter((one) => one.group === group.code)
    const rest = group.options.filter((option) => !mine.some((one) => one.option === option.code))
    for (const option of rest.slice(0, Math.max(0, group.min - mine.length))) set.push({ group: group.code, option: option.code })
  }
  return set
}

/** Switches one option. In a group of one it replaces the other; in a full group of several it is refused (same list back). */
export function toggleModifier(group: ModifierGroup, chosen: Chosen[], option: string): Chosen[] {
  const mine = chosen.filter((one) => one.group === group.code)
  const others = chosen.filter((one) => one.group !== group.code)
  if (mine.some((one) => one.option === option)) {
    return mine.length > group.min || group.max > 1 ? [...others, ...mine.filter((one) => one.option !== option)] : chosen
  }
  if (group.max === 1) return [...others, { group: group.code, option }]
  return mine.length >= group.max ? chosen : [...others, ...mine, { group: group.code, option }]
}

/** The first group that still misses a choice, or null. */
export function missingModifier(groups: ModifierGroup[], chosen: Chosen[]): ModifierGroup | null {
  return groups.find((group) => chosen.filter((one) => one.group === group.code).length < group.min) ?? null
}

/** What the chosen modifiers add to one piece (fen). */
export function modifiersPrice(groups: ModifierGroup[], chosen: Chosen[]): Fen {
  let sum = 0
  for (const group of groups) {
    for (const option of group.options) {
      if (chosen.some((one) => one.group === group.code && one.option === option.code)) sum += option.price
    }
  }
  return sum
}

/** The largest quantity that may be asked for: stock, the SKU's limit and the house's own 99. */
export function mostOf(sku: Sku | null, stock: Map<string, Stock>): number {
  if (!sku) return 99
  return Math.min(availableOf(sku, stock), sku.limit ?? 99, 99)
}
