import { filterQuery, type Filters } from '@/logic/facets'
import { api } from './index'
import type {
  Category, CounterState, DiningTable, MenuSection, Presale, Product, ProductPage, Region, ShopConfig, Stock, StoreCard, StoreDetail, Uuid,
} from './types'

// What everybody may read.
export const getConfig = () => api.get<ShopConfig>('/config')
export const getStores = () => api.get<{ items: StoreCard[] }>('/stores').then((answer) => answer.items)
export const getStore = (slug: string) => api.get<StoreDetail>(`/stores/${slug}`)
export const getCounter = (slug: string) => api.get<CounterState>(`/stores/${slug}/counter`)
export const getMenu = (slug: string) => api.get<{ sections: MenuSection[] }>(`/stores/${slug}/menu`).then((answer) => answer.sections)
export const getCategories = (slug: string) => api.get<{ items: Category[] }>(`/stores/${slug}/categories`).then((answer) => answer.items)
export const getTable = (slug: string, code: string) => api.get<DiningTable>(`/stores/${slug}/tables/${encodeURIComponent(code)}`)
export const getProduct = (slug: string, id: Uuid) => api.get<Product>(`/stores/${slug}/products/${id}`)
export const getRegions = (parent: string) => api.get<{ items: Region[] }>('/regions', { query: { parent } }).then((answer) => answer.items)

export type Sort = 'default' | 'sales' | 'price' | '-price' | 'newest'
export interface Listing { filters?: Filters; sort?: Sort; limit?: number; cursor?: string | null; facets?: boolean }
export const getProducts = (slug: string, { filters, sort, facets, ...page }: Listing) =>
  api.get<ProductPage>(`/stores/${slug}/products`, {
    query: { ...filterQuery(filters), sort: sort === 'default' ? '' : sort, facets: facets ? true : undefined, ...page },
  })

/** How much there is of each SKU of these products (at most 100 are asked for in one call). */
export async function getStock(slug: string, products: Uuid[]): Promise<Stock[]> {
  const parts: Promise<{ items: Stock[] }>[] = []
  for (let from = 0; from < products.length; from += 100) {
    parts.push(api.get(`/stores/${slug}/stock`, { query: { product: products.slice(from, from + 100) } }))
  }
  return (await Promise.all(parts)).flatMap((part) => part.items)
}
/** Which of these products (or products of these SKUs) are sold in advance. */
export const getPresale = (slug: string, of: Uuid[]) =>
  api.get<{ items: Presale[] }>(`/stores/${slug}/presale?${of.map((id) => `of=${id}`).join('&')}`).then((answer) => answer.items)
