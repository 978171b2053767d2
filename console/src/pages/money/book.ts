// Whose book the ledger's pages show: the store's, or the platform's own for its people.
import { useRoute } from 'vue-router'

const STORE = '/api/console/stores/{store_id}/ledger'
const PLATFORM = '/api/console/stores/{store_id}/platform/ledger'

export interface Book {
  place: 'money' | 'platform'
  accounts: `${typeof STORE | typeof PLATFORM}/accounts`
  entries: `${typeof STORE | typeof PLATFORM}/entries`
  trial: `${typeof STORE | typeof PLATFORM}/trial-balance`
  proof: `${typeof STORE | typeof PLATFORM}/proof`
}

/** By the page's own name: `platform…` is the platform's. */
export function useBook(): Book {
  const platform = String(useRoute().name).startsWith('platform')
  const base = platform ? PLATFORM : STORE
  return { place: platform ? 'platform' : 'money', accounts: `${base}/accounts`, entries: `${base}/entries`, trial: `${base}/trial-balance`, proof: `${base}/proof` }
}
