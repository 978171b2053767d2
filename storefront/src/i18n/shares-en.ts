/** Words of the page on which a person takes out what they earned. */
export default {
  title: 'My shares', none: 'No shares yet', noneHint: 'They show here once a store names you as a receiver', available: 'To withdraw', withdraw: 'Withdraw', earned: 'Earned {sum} in all', pending: '{sum} on the way', limit: 'From {least} you can withdraw', askTitle: 'Withdraw to WeChat', amount: 'Amount', amountHint: 'Yuan', send: 'Ask for it',
  rule: '{least} to {most} each time, {n} times a day at most. The store agrees, then you confirm in WeChat.', fault: { amount: 'Enter an amount such as 12.50', least: 'At least {sum}', most: 'At most {sum} now' },
  state: { requested: 'Waiting for the store', approved: 'On its way', waiting: 'Waiting for you to confirm', paid: 'Received', failed: 'Failed; it is your balance again', expired: 'Not confirmed in time; it is your balance again', rejected: 'Refused by the store', cancelled: 'Taken back' },
  cancel: 'Take back', cancelTitle: 'Take this request back?', cancelText: 'The amount is your balance again.', receive: 'Confirm', until: 'Confirm before {time}, or it goes back',
  howTitle: 'Confirm in WeChat', how: 'Open the shop’s mini-program in WeChat, go to “Me › My shares” and tap “Confirm”. The money goes to your WeChat balance.', known: 'Got it', old: 'Your WeChat is too old; please update it and confirm then', about: 'Shares come from orders that you brought or supplied, once they are completed. Refunded orders are taken off again.',
}
