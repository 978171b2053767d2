import { describe, expect, it } from 'vitest'
import { amountFault, fenOf, mostNow } from '@/logic/shares'

describe('an amount to withdraw', () => {
  it('is read in yuan, with two decimals at most', () => {
    expect(['5', '5.5', '5.05', ' 12.50 ', '0.01'].map(fenOf)).toEqual([500, 550, 505, 1250, 1])
    expect(['', '5.', '.5', '1,000', '5.001', '-5', '1e3', '12345678'].map(fenOf)).toEqual(Array(8).fill(null))
  })
  it('lies between the store’s least and what there is, at most the store’s most', () => {
    const account = { available: 30_000, least: 100, most: 20_000 }
    expect([mostNow(account), mostNow({ ...account, available: 500 }), mostNow({ ...account, available: 99 })]).toEqual([20_000, 500, 0])
    expect([null, 99, 100, 20_000, 20_001].map((fen) => amountFault(fen, account))).toEqual(['shares.fault.amount', 'shares.fault.least', '', '', 'shares.fault.most'])
  })
})
