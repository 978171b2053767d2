// The spec matrix: from specs and their values to one row per combination, keeping what was typed.
import type { ProductInput, Sku, Spec } from '@/api/types'

/** As many SKUs as the server takes for one product. */
export const MAX_SKUS = 500
/** As many specs as the server takes. */
export const MAX_SPECS = 5

/** All combinations of value codes, in spec order; one empty combination when there are no specs. */
export function combinations(specs: readonly Spec[]): string[][] {
  return specs.reduce<string[][]>(
    (rows, spec) => rows.flatMap((row) => spec.values.map((value) => [...row, value.code])),
    [[]],
  )
}

/** How many combinations there would be, without making them. */
export function combinationCount(specs: readonly Spec[]): number {
  return specs.reduce((product, spec) => product * spec.values.length, 1)
}

/** The value codes of a SKU by the code of their spec. */
function bySpec(specs: readonly Spec[], sku: Sku): Map<string, string> {
  return new Map(specs.map((spec, at) => [spec.code, sku.values[at] ?? '']))
}

/**
 * The rows for `specs`, made out of the rows there were for `before`.
 *
 * A row that stays keeps everything, its id too. A new row takes price, weight and limit from the row that agrees with it in
 * the most specs, so that adding "temperature" to "size" keeps every size's price. An old row's identity goes to one new row at most.
 */
export function rebuild(specs: readonly Spec[], before: readonly Spec[], skus: readonly Sku[], productCode: string): Sku[] {
  const shared = specs.filter((spec) => before.some((old) => old.code === spec.code))
  const taken = new Set<Sku>()
  const olds = skus.map((sku) => ({ sku, values: bySpec(before, sku) }))
  return combinations(specs).map((values) => {
    const wanted = new Map(specs.map((spec, at) => [spec.code, values[at] ?? '']))
    let best: { sku: Sku; agreeing: number } | null = null
    for (const { sku, values: old } of olds) {
      const agreeing = shared.filter((spec) => old.get(spec.code) === wanted.get(spec.code)).length
      if (best === null || agreeing > best.agreeing || (agreeing === best.agreeing && taken.has(best.sku) && !taken.has(sku)))
        best = { sku, agreeing }
    }
    const whole = best !== null && best.agreeing === shared.length && !taken.has(best.sku)
    if (best !== null && whole) {
      taken.add(best.sku)
      const { sku } = best
      const given = sku.id || !isOwnCode(sku, productCode)
      return { ...sku, values, code: given ? sku.code : ownCode(productCode, values) }
    }
    return freshSku(values, productCode, best?.sku)
  })
}

/** The code a new row gets by itself. */
function ownCode(productCode: string, values: readonly string[]): string {
  return [productCode, ...values].filter(Boolean).join('-')
}

/** Whether a row's code is the one it got by itself: such a code follows the product's and the values. */
function isOwnCode(sku: Sku, productCode: string): boolean {
  return sku.code === '' || sku.code === ownCode(productCode, sku.values)
}

/** The rows after the product's code has changed: codes that new rows got by themselves follow it. */
export function recode(skus: readonly Sku[], before: string, after: string): Sku[] {
  return skus.map((sku) => (!sku.id && isOwnCode(sku, before) ? { ...sku, code: ownCode(after, sku.values) } : sku))
}

/** A row that was not there before; its code is the product's and the values', which the merchant may change. */
export function freshSku(values: string[], productCode: string, like?: Sku): Sku {
  return {
    id: null,
    code: ownCode(productCode, values),
    values,
    price: like?.price ?? 0,
    list_price: like?.list_price ?? null,
    weight_g: like?.weight_g ?? 0,
    limit: like?.limit ?? null,
    picture_id: null,
    stock: 0,
  }
}

/** A code not yet used among `taken`: `s1`, `s2`, … */
export function nextCode(prefix: string, taken: readonly string[]): string {
  let at = taken.length + 1
  while (taken.includes(`${prefix}${at}`)) at += 1
  return `${prefix}${at}`
}

/** What a row is called: the names of its values, in the language of `name`. */
export function skuName(specs: readonly Spec[], sku: Sku, name: (text: { zh: string; en: string }) => string): string {
  return sku.values
    .map((code, at) => {
      const value = specs[at]?.values.find((one) => one.code === code)
      return value ? name(value.name) : code
    })
    .join(' / ')
}

export type MatrixProblem = 'specMissing' | 'tooMany' | 'skuCodeMissing'

/** The first thing that keeps this matrix from being saved, or null. */
export function matrixProblem(product: Pick<ProductInput, 'specs' | 'skus'>): MatrixProblem | null {
  const names = product.specs.map((spec) => spec.name.zh.trim() || spec.name.en.trim())
  if (names.includes('') || new Set(names).size < names.length) return 'specMissing'
  for (const spec of product.specs) {
    const values = spec.values.map((value) => value.name.zh.trim() || value.name.en.trim())
    if (values.length === 0 || values.includes('') || new Set(values).size < values.length) return 'specMissing'
  }
  if (combinationCount(product.specs) > MAX_SKUS) return 'tooMany'
  const codes = product.skus.map((sku) => sku.code.trim())
  if (codes.includes('') || new Set(codes).size < codes.length) return 'skuCodeMissing'
  return null
}
