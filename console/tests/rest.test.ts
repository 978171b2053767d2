import { expect, it } from 'vitest'

import { restRefund } from '@/pages/orders/rest'

const line = { id: 'a', quantity: 3, payable: 1000, refunded: 0, cancelled: 0 }

it('reckons what is given back as the server does: pieces of a line sum to it', () => {
  expect(restRefund([line], { a: 3 })).toBe(1000)
  expect([0, 1, 2].map((refunded) => restRefund([{ ...line, refunded }], { a: 1 }))).toEqual([333, 333, 334])
  expect(restRefund([line, { ...line, id: 'b', cancelled: 1 }], { b: 2 })).toBe(667)
  expect(restRefund([line], {})).toBe(0)
})
