import type { Fen, MerchantTransfer, ShareAccount } from '@/api/types'

/** "12", "12.5", "12.50" in the minor unit; null for anything else. */
export function fenOf(typed: string): Fen | null {
  const found = /^(\d{1,7})(?:\.(\d{1,2}))?$/.exec(typed.trim())
  return found ? Number(found[1]) * 100 + Number((found[2] ?? '').padEnd(2, '0')) : null
}

/** The most that one withdrawal may be now; 0 while there is less than the least. */
export function mostNow(account: Pick<ShareAccount, 'available' | 'least' | 'most'>): Fen {
  const most = Math.min(account.available, account.most)
  return most >= account.least ? most : 0
}

/** The key of what is wrong with an amount, '' when nothing is. */
export function amountFault(amount: Fen | null, account: Pick<ShareAccount, 'available' | 'least' | 'most'>): string {
  if (amount === null) return 'shares.fault.amount'
  if (amount < account.least) return 'shares.fault.least'
  return amount > mostNow(account) ? 'shares.fault.most' : ''
}

/** Opens WeChat's own page that confirms a transfer. What it says is a hint only: the server asks the platform. */
// #ifdef MP-WEIXIN
interface Platform { requestMerchantTransfer?: (options: { mchId: string; appId: string; package: string; success: () => void; fail: (why: { errMsg?: string }) => void }) => void }
declare const wx: Platform
export function confirmTransfer(told: MerchantTransfer): Promise<'done' | 'cancel' | 'absent'> {
  return new Promise((resolve) => {
    if (!wx.requestMerchantTransfer) return resolve('absent')
    const { mchId, appId, package: packageInfo } = told
    wx.requestMerchantTransfer({ mchId, appId, package: packageInfo, success: () => resolve('done'), fail: () => resolve('cancel') })
  })
}
// #endif
