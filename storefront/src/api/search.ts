import { filterQuery, type Filters } from '@/logic/facets'
import { api } from './index'
import { present } from './session'
import type { HotWord, SearchPage, Suggestion, Uuid } from './types'

export type Ranking = 'relevance' | 'sales' | 'price' | '-price' | 'newest'
export interface SearchAsk { q: string; filters: Filters; sort: Ranking; cursor: string | null }

/** Products by words. Whoever searches has a history, so a guest gets a session with the first search. */
export const search = (slug: string, { filters, ...ask }: SearchAsk) =>
  api.get<SearchPage>(`/stores/${slug}/search`, { who: 'any', query: { ...filterQuery(filters), ...ask, limit: 20 } })
export const suggest = (slug: string, q: string) =>
  api.get<{ items: Suggestion[] }>(`/stores/${slug}/search/suggest`, { who: 'maybe', query: { q } }).then((answer) => answer.items)
export const getHotWords = (slug: string) => api.get<{ items: HotWord[] }>(`/stores/${slug}/search/hot`).then((answer) => answer.items)

/** What this buyer searched for in a store, the latest first. Somebody without a session has searched for nothing yet. */
export async function getHistory(store: Uuid): Promise<string[]> {
  if (!present.held) return []
  return (await api.get<{ items: string[] }>('/me/searches', { who: 'any', query: { store_id: store } })).items
}
/** Forgets one search, or all of them in a store. */
export const forgetHistory = (store: Uuid, term = '') => api.delete<void>('/me/searches', { who: 'any', query: { store_id: store, term } })
