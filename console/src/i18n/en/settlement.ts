export default {
  settlement: {
    title: 'Sharing and settlement',
    help: 'When an order is completed, part of its payment goes to receivers by rule; the rest is released to this store. Every store pays from its own merchant account only.',
    tabs: { rules: 'Receivers and rules', splits: 'Shared payments', withdrawals: 'Withdrawals', statement: 'Statement' },
    state: 'State',
    kind: { merchant: 'Partner', leader: 'Group leader', referrer: 'Referrer', supplier: 'Supplier', platform: 'Platform' },
    payout: { sharing: 'By WeChat', balance: 'Balance, withdrawn later' },
    way: { merchant: 'Merchant', person: 'Person, shared', balance: 'Person, withdraws' },
    wayHelp: {
      merchant: 'WeChat pays the merchant account directly; before a refund it is given back.',
      person: 'WeChat pays the person directly. It cannot be had back: the store pays that part of a refund.',
      balance: 'Kept as a balance; the person asks, you agree, then it is transferred. A refund takes it from the balance.',
    },
    receiverState: { pending: 'Registering', active: 'Ready', refused: 'Refused', removed: 'Removed' },
    receiver: {
      title: 'Receivers', add: 'Add receiver', added: 'Added', label: 'Name', labelHint: 'e.g. Leader one', kind: 'Role', way: 'How to pay', payout: 'Paid',
      balance: 'To withdraw', account: 'Account', mchid: 'Merchant number', openid: 'openid', fullName: 'Full merchant name', realName: 'Real name',
      refusal: { mismatch: 'WeChat refused: there is no such account, or the name is not its own. Check both, remove it and add it again.', notAllowed: 'WeChat refused: profit sharing is not open for this merchant number.', other: 'WeChat refused this receiver. Check account and name, or try again later.' },
      buyer: 'Buyer', buyerHint: 'Phone or order number', buyerHelp: 'One of this store’s buyers; the latest come first.', buyerNone: 'No such buyer in this store’s mini-program', buyerOrder: '{number}, {time}', typeOpenid: 'Type an openid instead', pickBuyer: 'Choose a buyer instead',
      nameHelp: 'Kept encrypted; only WeChat compares it.', remove: 'Remove', removeTitle: 'Remove “{name}”?',
      removeText: 'New payments are no longer shared and its rules go off. What was fixed before is still paid.', retried: 'Sent to WeChat again',
      emptyTitle: 'No receivers yet', emptyText: 'Add a partner, supplier or group leader, then make a rule.',
    },
    rule: {
      title: 'Rules', add: 'New rule', edit: 'Edit rule', dialogText: 'Concerns payments from now on; what was fixed at payment stays.', receiver: 'Receiver', of: 'Of what', whole: 'Whole payment', by: 'By', share: 'How much',
      ratio: 'Ratio', fixed: 'Fixed amount', fixedUnit: 'For each unit', fixedOrder: 'For each order', aUnit: 'a unit', anOrder: 'an order',
      percentWrong: 'Enter a percentage from 0.01 to 100.', priority: 'Order', priorityHelp: 'When the maximum is reached, lower numbers come first.', priorityWrong: 'Enter a whole number from 0 to 999.',
      enabled: 'In force', on: 'On', off: 'Off', coming: 'Not yet', over: 'Over', window: 'In force', windowHelp: 'By the time of payment, on the store’s clock ({zone}). Leave it empty for always.', windowWrong: 'It must end after it begins.', fromOpen: 'From now', untilOpen: 'No end', between: '{from} to {until}', removeTitle: 'Delete this rule?', removeText: 'New payments are no longer shared by it.',
      overMaximum: 'Together the rules share {together}, and {most} is allowed: receivers that come later get less or nothing.', late: 'Orders of “{name}” are completed up to {days} days after payment, their money stays frozen for {frozen}: what is not completed by then is no longer shared.', lateMore: 'So it is with one more pre-sale product. | So it is with {n} more pre-sale products.',
      emptyTitle: 'No rules yet', emptyText: 'Without rules all money is the store’s and nothing is frozen.',
    },
    preview: {
      title: 'Try it', help: 'An order paid now would be shared like this, {ratio} at most.', order: 'A payment of', anything: 'Any product', merchant: 'The store keeps', capped: 'The maximum of {most} is reached; later receivers get less or nothing.',
    },
    policy: {
      open: 'Agreement and limits', title: 'Agreement and limits', saved: 'Saved', maxRatio: 'Maximum shared', maxRatioHelp: 'As agreed with WeChat Pay, 30% by default.', maxRatioAgreed: 'WeChat Pay allows this store {most}.',
      days: 'Days frozen', daysHelp: '30 for ordinary merchants, 180 for the e-commerce product.', daysWrong: 'Enter 1 to 180.',
      advance: 'The store advances refunds', advanceHelp: 'What receivers do not give back is paid from the store’s balance at once; otherwise after a day. No buyer waits longer.',
      least: 'Least withdrawal', most: 'Greatest withdrawal', daily: 'Withdrawals a person and day', dailyWrong: 'Enter 1 to 100.',
    },
    splitState: { held: 'Frozen', due: 'Being shared', done: 'Done', stuck: 'Needs a hand', void: 'Not shared', unreturned: 'Refund waits' },
    shareState: { planned: 'planned', sent: 'on its way', paid: 'paid', closed: 'failed', void: 'not shared' },
    split: {
      help: 'Who gets how much is fixed at payment; it is paid when the order is completed, and the rest released.', order: 'Order', total: 'Paid', shares: 'Shares', time: 'Paid at',
      refunded: '{amount} refunded', returned: '{amount} back', until: 'released {time}', finish: 'Give up', finishTitle: 'Give up what failed?',
      finishText: 'The failed shares are released to the store and cannot be shared again.', retryDone: 'Sent again', finishDone: 'The rest is being released', advance: 'Pay it now', advanceTitle: 'Pay {amount} in the receivers’ place?',
      advanceText: 'The buyer’s refund goes out now, from the store’s available balance. What the receivers owe is for you to settle with them.', advanceDone: 'The refund goes out now',
      waiting: '{amount} not given back; the store pays it at {time}', advanced: 'the store paid {amount} in their place', emptyTitle: 'Nothing shared yet', emptyText: 'Payments that a rule concerns appear here.',
    },
    error: {
      share_closed: 'A receiver was not paid: try again or give up', return_failed: 'A receiver has not given back; the refund waits', return_advanced: 'What receivers did not give back was paid by the store', too_many_calls: 'WeChat takes 50 calls for an order; the rest was released to the store', freeze_ending: 'The freeze ends soon and the order is not completed', freeze_over: 'The freeze ended before the order was completed; what was frozen is the store’s',
      RULE_LIMIT: 'Above the maximum agreed with WeChat', NOT_ENOUGH: 'Not enough left to share', other: 'WeChat answered {code}',
    },
    withdrawalState: { requested: 'To decide', approved: 'Transferring', waiting: 'To be confirmed', paid: 'Received', failed: 'Failed', expired: 'Expired', rejected: 'Rejected', cancelled: 'Taken back' },
    withdrawal: {
      help: 'When you agree, WeChat starts the transfer and the person has 24 hours to confirm it; otherwise it is the balance again.', who: 'Who', amount: 'Amount', asked: 'Asked', by: 'Decided by', confirmBy: 'to confirm by {time}',
      approve: 'Agree', approved: 'Agreed; the transfer has started', approveTitle: 'Transfer {amount} to “{name}”?', approveText: 'Paid from this store’s merchant account once the person confirms.',
      reject: 'Reject', rejectTitle: 'Reject this withdrawal', reason: 'Reason', reasonHelp: 'The person sees it. The amount goes back to the balance.', emptyTitle: 'No withdrawals', emptyText: 'Requests of receivers with a balance appear here.',
    },
    statement: {
      help: 'Out of the ledger: what came in, what went back, fees and shares, and what is left.', download: 'Download', noOrder: '(no order)', emptyTitle: 'Nothing in this period', emptyText: 'Try other days.',
    },
    figure: {
      opening: 'Opening', gross: 'Payments', refunds: 'Refunds', fees: 'Fees', splits: 'Shared', subsidies: 'Coupon subsidies', discounts: 'Own coupons', withdrawals: 'Withdrawn', adjustments: 'Adjustments', net: 'Net', closing: 'Closing', people: 'By people',
    },
  },
}
