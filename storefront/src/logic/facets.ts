import type { Facets, Fen, Uuid } from '@/api/types'

/** What a list is narrowed to. Values of one kind widen, kinds narrow; `specs` are "axis:value"; amounts in fen, both included. */
export interface Filters { category: Uuid; tags: string[]; brands: string[]; methods: string[]; specs: string[]; min: Fen | null; max: Fen | null; inStock: boolean }
export type Band = Pick<Filters, 'min' | 'max'>

export const noFilters = (category: Uuid = ''): Filters => ({ category, tags: [], brands: [], methods: [], specs: [], min: null, max: null, inStock: false })

/** The filters as both lists take them in their addresses. */
export function filterQuery(filters: Filters | undefined): Record<string, string | number | boolean | string[] | null | undefined> {
  if (!filters) return {}
  const { category, tags, brands, methods, specs, min, max, inStock } = filters
  return { category, tag: tags, brand: brands, delivery: methods, spec: specs, price_min: min, price_max: max, in_stock: inStock ? true : undefined }
}

/** How many choices are made; the category counts only where it is chosen in the sheet. */
export function chosenCount(filters: Filters, withCategory = true): number {
  const price = filters.min !== null || filters.max !== null ? 1 : 0
  const category = withCategory && filters.category ? 1 : 0
  return category + filters.tags.length + filters.brands.length + filters.methods.length + filters.specs.length + price + (filters.inStock ? 1 : 0)
}

/** The list with the value in it, or without it when it was there. */
export function toggled(list: string[], value: string): string[] {
  return list.includes(value) ? list.filter((one) => one !== value) : [...list, value]
}

export function bandIsOn(filters: Filters, band: Band): boolean {
  return (filters.min !== null || filters.max !== null) && (filters.min ?? 0) === (band.min ?? 0) && filters.max === band.max
}

/** Chooses a price band, or gives it back when it was chosen. */
export function withBand(filters: Filters, band: Band): Filters {
  return bandIsOn(filters, band) ? { ...filters, min: null, max: null } : { ...filters, min: band.min ?? 0, max: band.max }
}

/** The bands to choose from (none where one holds everything): the server's, and before them the chosen one when other choices have moved their edges. */
export function bandsOf(facets: Facets, filters: Filters): (Band & { count: number | null })[] {
  const chosen = filters.min !== null || filters.max !== null
  if (!chosen && facets.price_bands.length < 2) return []
  if (!chosen || facets.price_bands.some((band) => bandIsOn(filters, band))) return facets.price_bands
  return [{ min: filters.min, max: filters.max, count: null }, ...facets.price_bands]
}

/** "¥0–49", "¥50+": whole amounts without the minor unit, upper ends as a buyer would say them. @param say writes an amount */
export function bandText(band: Band, say: (amount: Fen) => string): string {
  return band.max === null ? `${say(band.min ?? 0)}+` : `${say(band.min ?? 0)} – ${say(band.max)}`
}

/** The categories that a sheet offers: the tops, or what is below the chosen one together with it. */
export function categoriesOf(facets: Facets, chosen: Uuid): Facets['categories'] {
  const all = facets.categories
  const here = all.find((one) => one.id === chosen)
  const tops = all.filter((one) => !one.parent_id || !all.some((other) => other.id === one.parent_id))
  if (!here) return tops
  const top = here.parent_id && all.some((one) => one.id === here.parent_id) ? here.parent_id : here.id
  return tops.flatMap((one) => (one.id === top ? [one, ...all.filter((child) => child.parent_id === top)] : [one]))
}
