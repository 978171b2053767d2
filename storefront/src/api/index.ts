import { Client } from './client'
import { PendingKeys, randomKey } from './pending-keys'
import { send } from './send'
import { begin, forget, keep, tokens } from './session'
import { language } from '@/i18n/language'

const SHELF = 'zg.keys'

/** The one client that every page uses. */
export const api: Client = new Client({
  send, tokens, keep, forget, language,
  begin: () => begin(api),
  now: () => Date.now(),
  keys: new PendingKeys(
    { read: () => uni.getStorageSync(SHELF) || {}, write: (all) => uni.setStorageSync(SHELF, all) },
    randomKey,
  ),
})
