import { pages } from '@/logic/going'
import { useCheckout, type Settling } from './checkout'
import { useSession } from './session'
import { useNotice } from './notice'

/** Goes on to the confirm page with these goods; on H5 a guest signs in on the way. */
export async function goSettle(what: Settling[]): Promise<void> {
  if (!what.length) return
  useCheckout().begin(what)
  try {
    if (await useSession().need('/settle/confirm/index')) uni.navigateTo({ url: '/settle/confirm/index' })
  } catch (error) {
    useNotice().fail(error)
  }
}

/** Opens a store's menu. */
export function goMenu(): void {
  uni.switchTab({ url: pages.menu })
}
