import returns from './returns-en'
import shares from './shares-en'

export default {
  returns,
  shares,
  app: { name: 'Zhanggui', mark: '掌' },
  tab: { home: 'Home', menu: 'Order', cart: 'Cart', orders: 'Orders', me: 'Me' },
  common: {
    again: 'Try again', change: 'Change', close: 'Close', done: 'Done', end: 'That is all', less: 'One less', more: 'One more', loading: 'Loading…', no: 'Cancel', search: 'Search',
  },
  error: {
    offline: 'No connection. Check your network and try again', timeout: 'No answer in time. Please try again', server: 'Something broke at our end. Please try again shortly',
    refused: 'That did not work. Please try again', unknown: 'Something unexpected happened. Please try again',
  },
  method: { express: 'Parcel', delivery: 'Delivery', pickup: 'Pick-up', dine_in: 'Dine in', virtual: 'Online' },
  home: { hello: 'What would you like today?', none: 'No store is open here yet', popular: 'Often bought', order: 'Order', shop: 'Browse' },
  menu: {
    open: 'Open', closed: 'Closed', paused: 'Paused', pausedLong: 'The counter is busy and takes no new orders just now', closedUntil: 'Closed now. Hours: {hours}. Have a look meanwhile',
    table: 'Table {name}', before: '{n} ahead of you', switch: 'Another store', searchHint: 'Search', notFound: 'Nothing found for “{what}”',
    cartEmpty: 'Nothing chosen yet', seeCart: 'See what you chose', missing: '{sum} more for delivery', packing: 'Plus packing {sum}', openCart: 'Cart, {n} items', chosen: 'Your choice', clear: 'Clear',
  },
  grid: { all: 'All', none: 'Nothing in this category yet', seeAll: 'See everything' },
  sort: { relevance: 'Best match', default: 'Featured', sales: 'Popular', newest: 'New', price: 'Price' },
  facet: {
    title: 'Filter', category: 'Category', price: 'Price', tag: 'Features', brand: 'Brand', delivery: 'Delivery', stock: 'Stock', inStock: 'In stock only', over: '{sum} and up', reset: 'Reset', show: 'Show {n}', nothing: 'Nothing fits these choices', noneHint: 'Take one or two choices back',
  },
  search: {
    history: 'Recent searches', hot: 'Popular searches', tidy: 'Tidy recent searches', forget: 'Delete “{what}”', forgetAll: 'Delete all', clear: 'Clear the search', hint: 'Try a name, pinyin or initials', product: 'Product', meant: 'Did you mean “{what}”?', instead: 'Nothing found for “{what}”; these come close',
    noneHint: 'Try other words, or pinyin', all: 'Found: {n}',
  },
  flash: {
    storeTime: 'store time', title: 'Flash sale', from: 'from {sum}', days: '{n} d', startsIn: 'Starts in', endsIn: 'Ends in', phase: { coming: 'Starts in', running: 'Ends in', over: 'Over' }, none: 'No flash sale just now', noneHint: 'The next one shows on the store’s page before it starts',
    limit: 'At most {n} each', left: '{n} left', gone: 'All taken', units: '{n} in all', keep: 'Kept for {n} min once you have it', held: 'Kept for {time}', queueing: 'In the queue, please stay here', queue: '{n} ahead of you, about {s} s. Please stay here',
    button: { coming: 'Starts soon', ask: 'Get it', queued: 'Queueing', held: 'Order now', soldOut: 'All taken', over: 'Over' },
    placeUntil: 'It is yours: place the order within {time}', placeOver: 'Your place ran out; nothing was ordered', tryAgain: 'Try again',
  },
  product: {
    title: 'Product', brand: 'Brand: {name}', from: '+', sold: '{n} sold', monthly: '{n} a month', soldOut: 'Sold out', soldOutToday: 'Sold out today', add: 'Add to cart', choose: 'Choose', chosen: 'Choice', delivery: 'Delivery',
    shipping: 'Postage', freeOver: 'Free by parcel from {sum}', details: 'Details', store: 'Store', toCart: 'Add to cart', buy: 'Buy now', added: 'Added to your cart', seeCart: 'View', share: 'Share', copied: 'Link copied',
    copyByHand: 'Could not copy. Please copy the address bar', back: 'Back to the store',
  },
  spec: {
    choose: 'Choose: {what}', quantity: 'Quantity', left: 'Only {n} left', plenty: 'In stock', limit: 'At most {n} each', atMost: 'At most {n}', upTo: 'Optional, up to {n}', between: 'Choose {min}–{max}',
  },
  cart: {
    empty: 'Your cart is empty', emptyHint: 'Find something you like', browse: 'Browse', all: 'All', allOf: 'Select all of {name}', settle: 'Check out', settleCount: 'Check out ({n})', delete: 'Delete', deleted: 'Removed {name}', undo: 'Undo',
    bill: 'Breakdown', goods: 'Goods', billHint: 'Postage, packing and discounts follow on the next page, by way of delivery',
  },
  flag: { off_shelf: 'No longer sold', sold_out: 'Sold out', short: 'Only {n} left, please take fewer', price_changed: 'Was {from} when you added it' },
  confirm: {
    title: 'Confirm order', method: 'How to receive', addAddress: 'Add an address', pickupAt: 'Pick up at the store', pickupPhone: 'Phone', online: 'No address needed', onlineHint: 'It is put into your order after payment', phone: 'Phone', pickupPhoneHint: 'So that the store can call', needTable: 'Tell us your table', tableTitle: 'Your table', tableCode: 'Table', tableHint: 'The number beside the code',
    tableFault: 'Enter the number beside the code on your table', scan: 'Scan the code', allLines: 'All {n} items', cutlery: 'Cutlery', noCutlery: 'None needed, less waste', sets: '{n} sets', remark: 'Note', remarkNone: 'None', remarkHint: 'Taste, packing or anything else',
    comma: ', ', usual: { food1: 'Less ice please', food2: 'Pack it tight', food3: 'Make it when I arrive', goods1: 'Cardboard box please', goods2: 'Weekdays only', goods3: 'Leave at the door' }, why: 'Why this price', pieces: 'Items: {n}', submit: 'Place order',
    split: 'From {n} stores: {n} orders, paid at once', nothing: 'Nothing to check out',
  },
  bill: { items: 'Goods', packing: 'Packing', shipping: 'Postage', delivery: 'Delivery', tax: 'Tax', discount: 'Discount', total: 'Total', coupon: 'WeChat Pay coupon', paidSelf: 'You paid' },
  points: {
    title: 'Points', unit: 'points', use: '{n} points take {sum} off', have: 'You have {n}', toEarn: '{n} points once completed', earned: '{n} points earned', givenBack: '{n} points given back', willGiveBack: '{n} points will be given back', takenBack: '{n} points taken back', after: '{n} left',
    none: 'No points yet', noneHint: 'Stores with points give them for completed orders', below: 'More points were taken back after a return than you had; nothing can be used until it is made up', belowAt: 'Your points are {n}; nothing can be used until that is made up', ruleEarn: 'Points for each yuan paid for goods: {n}', ruleSpend: '{n} points are 1 yuan, for at most {percent}% of the goods', ruleOff: 'This store has no points at present',
    kind: { earn: 'Earned', spend: 'Used for an order', give_back: 'Given back', take_back: 'Taken back after a return', adjust: 'Changed by the store' },
  },
  drift: { title: 'The price has changed', text: 'A price, or the points you can use, changed while you were confirming. Nothing is ordered yet; please look at the new price.', back: 'Look again', agree: 'Order at new price' },
  pay: {
    title: 'Payment', nothing: 'Nothing to pay', orders: 'See orders', more: '{n} orders, this one first', together: 'Orders of {n} stores, paid at once', left: 'Please pay within {time}', scan: 'Scan with WeChat to pay', again: 'Pay now', seeOrder: 'See the order',
    state: { starting: 'Preparing payment…', waiting: 'Waiting for WeChat…', unpaid: 'No payment has arrived yet. If you have paid, please wait a moment and do not pay twice', inside: 'Pages inside WeChat cannot pay directly. Tap “…” and open this page in your browser, or order in the mini-program' },
  },
  paid: {
    title: 'Paid', seal1: '付', seal2: '讫', pickupNumber: 'Pick-up number', goodsNumber: 'Pick-up number', callNumber: 'Your number', see: 'See the order', home: 'Back to home', payRest: 'Pay the next order',
    next: { pickup: 'We call your number when it is ready; show your code', pickupGoods: 'We tell you when it is ready; show your code at the store', dine_in: 'Stay seated, we bring it to your table', delivery: 'It leaves as soon as it is ready', express: 'It ships once packed; tracking shows on the order', virtual: 'Once handed out, it shows on the order' },
  },
  orders: {
    all: 'All', unpaid: 'To pay', active: 'Under way', done: 'Done', pieces: 'Items: {n}', left: 'Closes in {time}', signIn: 'Sign in to see your orders', signInHint: 'Your orders and cart follow your phone number',
    none: { all: 'No orders yet', unpaid: 'Nothing to pay', active: 'Nothing under way', done: 'Nothing finished yet' },
  },
  presale: { word: 'Pre-order', days: 'Sent within {n} days of payment', at: 'Sent by {day}', by: 'Pre-order, sent by {day}', daysReady: 'Ready within {n} days of payment', atReady: 'Ready by {day}', byReady: 'Pre-order, ready by {day}' },
  order: {
    title: 'Order', number: 'Order no.', placedAt: 'Placed', paidAt: 'Paid', timeline: 'What happened', allEvents: 'All {n} entries', payWithin: 'Please pay in time, it closes by itself', code: 'Pick-up code', codeHint: 'Show it at the counter, tell nobody else', foodCode: 'Pick-up code', foodCodeHint: 'Show it at the counter, tell nobody else', parcel: 'parcel {n}', unsent: 'Not sent yet', dropped: 'Will not be sent, refunded', partlyTitle: 'Partly on its way', partlyText: 'You will hear when the rest is sent', partly: 'Partly shipped',
    copy: 'Copy', copied: 'Copied', copyFailed: 'Could not copy; press and hold to select',
    status: { pending_payment: 'To pay', closing: 'Closing', cancelled: 'Cancelled', paid: 'Paid', preparing: 'In the making', packing: 'Being packed', fulfilled: 'On its way', handed: 'Handed out', completed: 'Completed' },
    refund: { processing: 'Refunding', refunded: 'Refunded', all: 'Refunded' },
    refundText: { processing: 'The refund is on its way to your WeChat, usually within minutes', refunded: 'The money is back in your WeChat' },
    refundCoupon: '{sum} more was paid by a coupon and went back to its issuer',
    refundRow: { requested: 'Refund requested', processing: 'Refunding', succeeded: 'Refunded', abnormal: 'The refund met a problem; the store is on it', closed: 'Refund closed' },
    handout: 'What you were given', handoutNone: 'The store sent no text along; ask the store if in doubt', handoutCopied: 'Copied',
    cancelledText: 'Cancelled; nothing was charged', closingText: 'Checking with WeChat whether it was paid',
    action: { pay: 'Pay', cancel: 'Cancel', receive: 'Received', reorder: 'Order again' },
    cancelTitle: 'Cancel this order?', cancelUnpaid: 'It is not paid yet; the goods go back to the shelf.', cancelPaid: 'The money goes back to your WeChat.', cancelYes: 'Cancel it', cancelReason: 'Changed my mind', receiveTitle: 'Has it arrived?', receiveText: 'Please confirm only once you hold it.',
  },
  stage: {
    paid: { word: 'Paid', title: 'The store has your order', text: 'They are about to start' },
    making: { word: 'Making', title: 'In the making', text: 'We tell you the moment it is ready' },
    packing: { word: 'Packing', title: 'Being packed', text: 'It ships once packed' },
    makingGoods: { word: 'Packing', title: 'Being put together', text: 'We tell you the moment it is ready' },
    ready: { word: 'Ready', title: 'Ready to collect', text: 'Show your pick-up code' },
    readyGoods: { word: 'Ready', title: 'Ready to collect', text: 'Show your pick-up code' },
    readyTable: { word: 'Ready', title: 'It is ready', text: 'Coming to your table' },
    shipped: { word: 'Shipped', title: 'On its way', text: 'Confirm once you have it' },
    delivering: { word: 'Coming', title: 'Coming to you', text: 'Keep your phone at hand' },
    handed: { word: 'Given', title: 'It is yours', text: 'You find it below' },
    done: { word: 'Done', title: 'Completed', text: 'Thank you, see you soon', textExpress: 'Thank you, enjoy' },
  },
  address: {
    title: 'Addresses', addTitle: 'New address', editTitle: 'Edit address', add: 'New address', edit: 'Edit', choose: 'Deliver to', none: 'No address yet', noneHint: 'Add one and never type it again', default: 'Default', makeDefault: 'Make it the default', save: 'Save',
    recipient: 'Name', recipientHint: 'Who receives it', region: 'Region', regionHint: 'Province, city, district, street', detail: 'Address', detailHint: 'Building, floor, door', tag: 'Label', tags: { home: 'Home', work: 'Work', school: 'School' },
    level0: 'Province', level1: 'City', level2: 'District', level3: 'Street', skipStreet: 'Skip street', fromWechat: 'Import from WeChat', removeTitle: 'Delete this address?', gone: 'This address no longer exists',
    fault: { name: 'Enter a name so that the courier can reach you', nameLong: 'At most 30 characters, please', phone: 'Enter a mobile number', phoneShape: 'A mobile number has 11 digits and begins with 1', region: 'Choose the region', detail: 'At least 3 characters, down to the door' },
  },
  place: {
    title: 'Location', how: 'Tap or drag to mark where it goes. {name} is in the middle, north is up.', planLabel: 'Plan around {name}. Arrow keys move the mark, plus and minus change the scale', north: 'N', closer: 'Closer', wider: 'Wider', edge: 'up to {n} km',
    metres: '{n} m', kilometres: '{n} km', way0: 'north', way1: 'north-east', way2: 'east', way3: 'south-east', way4: 'south', way5: 'south-west', way6: 'west', way7: 'north-west', from: '{far} {way} of {name}', fee: 'Delivery {fee}', free: 'Free delivery', beyond: 'Outside the delivery area, which ends at {n} km',
    band: 'Up to {n} km', noFee: 'free', unset: 'Nothing marked yet', here: 'Use where I am now', hereHint: 'Asked once, when you tap; only for the delivery distance, stored encrypted with the address', asking: 'Finding you…', rough: 'This is only exact to about {n} m; please check it on the plan', save: 'This is the place', saveFirst: 'Mark the place first',
    none: 'Not marked', noneHint: '{name} delivers by distance and needs to know where', unsure: 'The address changed: is this still the place?', onPlan: 'Mark it', mark: 'Mark it on the plan', remark: 'Mark it again', other: 'Another address', pickup: 'Pick up instead',
    fault: { denied: 'Your browser did not allow it. Allow location in its site settings and try again, or mark the place on the plan', unavailable: 'Your device cannot tell where it is. Switch on its location service and try again, or mark the place on the plan', timeout: 'No answer within ten seconds. Try again, or mark the place on the plan', insecure: 'This page is not encrypted, so the browser gives no location. Mark the place on the plan', map: 'The WeChat map did not open. Allow location in WeChat’s settings, or mark the place on the plan' },
  },
  me: {
    signIn: 'Sign in', signInHint: 'Your orders and cart follow you', friend: 'Friend', noPhone: 'No phone number yet', givePhone: 'Use my WeChat phone number', orders: 'My orders', allOrders: 'All', points: 'My points', returns: 'Returns and refunds', shares: 'My shares', addresses: 'Addresses', settings: 'Language and look', privacy: 'Privacy',
  },
  signIn: {
    title: 'Sign in', head: 'Welcome', text: 'New here? Verifying your phone is all it takes', phone: 'Phone', phoneHint: '11-digit mobile number', code: 'Code', codeHint: '6 digits', codeFault: 'Enter the code from the message', send: 'Send code', resend: 'Send again', again: 'Again in {n} s',
    enter: 'Sign in', sandbox: 'This is a demo: messages appear on the sandbox page, {origin}',
  },
  settings: { title: 'Language and look', language: 'Language', look: 'Look', looks: { auto: 'As the system', light: 'Light', dark: 'Dark' }, leave: 'Sign out' },
  privacy: {
    title: 'Privacy', ask: 'To take your order, bring it and keep you informed we need your phone number and address. We use them only after you agree; you can see, correct or delete them at any time.', read: 'Read the whole statement', agree: 'Agree and go on', refuse: 'Not now',
    what: { head: 'What we collect', text: 'Your phone number (to sign in and reach you), addresses and the places you mark (to deliver and work out the fee), orders and their payment state (to fulfil them). In the mini-program also the identifier that WeChat gives us, to know you and take payment.' },
    why: { head: 'Why', text: 'Without a phone number there is no sign-in, without an address no delivery. Browsing needs nothing personal.' },
    who: { head: 'Who sees it', text: 'The store sees what it needs for your order, the courier sees the label, WeChat Pay handles the payment. We sell no personal data.' },
    long: { head: 'How long', text: 'Orders are kept as the law requires; phone numbers and addresses are stored encrypted and go when you delete them or close your account.' },
    rights: { head: 'Your rights', text: 'See, correct or delete addresses under “Me”. Ask the store to export or erase everything about you, or to take back your consent.' },
  },
}
