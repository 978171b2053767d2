// The page's words in both languages.
export const words = {
  zh: {
    title: '微信沙箱', clock: '平台时间', search: '订单号、手机号、任何字', clear: '清空', offline: '沙箱没有回应，正在重试。',
    empty: '还没有请求。', empty_hint: '把 SDK 的地址指向这里，再下一单。', nothing: '没有符合的记录。', nothing_hint: '换一个词，或选“全部”。',
    time: '时间', time_hint: '拨快时钟，途中到期的事都会发生。', speed: '快慢', faults: '故障',
    faults_hint: '让通知或接口出错，看商店怎样应对。', target: '对象', kind: '种类', count: '次数', probability: '概率', seconds: '秒',
    add_fault: '加上', accounts: '账户', new_merchant: '新建测试商户', copy: '复制', copied: '已复制', remove: '移除', other: 'English',
    ahead: (text) => `快 ${text}`, hits: (n, of) => `已发生 ${n}${of ? ` / ${of}` : ''} 次`,
    all: '全部', pay: '支付接口', wxapi: '小程序接口', notify: '通知', cashier: '收银台', refund: '退款', sharing: '分账', transfer: '转账', shipping: '发货',
    message: '订阅消息', sms: '短信', clock_kind: '时钟', fault: '故障',
  },
  en: {
    title: 'WeChat sandbox', clock: 'Platform time', search: 'Order, phone, any text', clear: 'Clear', offline: 'The sandbox does not answer; trying again.',
    empty: 'No request yet.', empty_hint: 'Point your SDK at this address and place an order.', nothing: 'Nothing matches.', nothing_hint: 'Try another word, or choose “All”.',
    time: 'Time', time_hint: 'Turn the clock forward: all that falls due on the way happens.', speed: 'Speed', faults: 'Faults',
    faults_hint: 'Make notifications or calls fail, and see how the shop copes.', target: 'Target', kind: 'Kind', count: 'Times', probability: 'Chance', seconds: 'Seconds',
    add_fault: 'Add', accounts: 'Accounts', new_merchant: 'New test merchant', copy: 'Copy', copied: 'Copied', remove: 'Remove', other: '中文',
    ahead: (text) => `${text} ahead`, hits: (n, of) => `struck ${n}${of ? ` of ${of}` : ''} times`,
    all: 'All', pay: 'Pay API', wxapi: 'Mini-program API', notify: 'Notifications', cashier: 'Cashier', refund: 'Refunds', sharing: 'Profit sharing', transfer: 'Transfers', shipping: 'Shipping',
    message: 'Messages', sms: 'SMS', clock_kind: 'Clock', fault: 'Faults',
  },
}
