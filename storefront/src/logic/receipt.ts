import type { Order } from '@/api/types'

export type Receipt = NonNullable<Order['receipt']>
/** How the platform's component for confirming receipt ended; `absent` where this client has none. */
export type ReceiptEnd = 'success' | 'cancel' | 'fail' | 'absent'

// #ifdef MP-WEIXIN
interface Shown { referrerInfo?: { appId?: string; extraData?: { status?: string } } }
interface Platform {
  onAppShow(listener: (shown: Shown) => void): void
  offAppShow(listener: (shown: Shown) => void): void
  openBusinessView?: (options: {
    businessType: string
    extraData: Receipt
    success?: (answer: { extraData?: { status?: string } }) => void
    fail?: () => void
  }) => void
}
declare const wx: Platform
/** The component's own appid (小程序确认收货组件接入说明): it comes back as the one that showed us again. */
const COMPONENT = 'wx1183b055aeec94d1'
const ends = (status: string | undefined): ReceiptEnd => (status === 'success' || status === 'fail' ? status : 'cancel')
// #endif

/** Opens the platform's component. What it says is a hint only: the server asks the platform itself. */
// #ifdef MP-WEIXIN
export function confirmAtPlatform(receipt: Receipt): Promise<ReceiptEnd> {
  return new Promise((resolve) => {
    if (!wx.openBusinessView) {
      resolve('absent')
      return
    }
    const finish = (end: ReceiptEnd): void => {
      wx.offAppShow(back)
      resolve(end)
    }
    const back = (shown: Shown): void => {
      const from = shown.referrerInfo
      finish(from?.appId === COMPONENT ? ends(from.extraData?.status) : 'cancel')
    }
    wx.onAppShow(back)
    wx.openBusinessView({
      businessType: 'weappOrderConfirm',
      extraData: { merchant_id: receipt.merchant_id, merchant_trade_no: receipt.merchant_trade_no, transaction_id: receipt.transaction_id },
      success: (answer) => { if (answer.extraData?.status) finish(ends(answer.extraData.status)) },
      fail: () => { finish('absent') },
    })
  })
}
// #endif
