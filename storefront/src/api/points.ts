import { api } from './index'
import type { PointsPage, StorePoints, Uuid } from './types'

/** The buyer's points, store by store. */
export const getPoints = () => api.get<{ items: StorePoints[] }>('/points', { who: 'buyer' }).then((answer) => answer.items)
/** A store's points with a page of their journal, newest first. */
export const getPointsOf = (store: Uuid, cursor: string | null) => api.get<PointsPage>(`/stores/${store}/points`, { who: 'buyer', query: { cursor } })
