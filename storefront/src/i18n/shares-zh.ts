/** Words of the page on which a person takes out what they earned. */
export default {
  title: '我的分成', none: '还没有分成', noneHint: '店铺把您设为分成人以后，会显示在这里', available: '可提现', withdraw: '提现', earned: '累计分到 {sum}', pending: '提现中 {sum}', limit: '满 {least} 可以提现', askTitle: '提现到微信', amount: '金额', amountHint: '元', send: '提交',
  rule: '每次 {least} 到 {most}，每天最多 {n} 次；店铺同意后，由您在微信里确认收款。', fault: { amount: '请填金额，例如 12.50', least: '每次最少 {sum}', most: '现在最多可提 {sum}' },
  state: { requested: '等待店铺同意', approved: '正在转账', waiting: '等您确认收款', paid: '已到账', failed: '没有成功，已退回余额', expired: '超时未确认，已退回余额', rejected: '店铺没有同意', cancelled: '已撤回' },
  cancel: '撤回', cancelTitle: '撤回这笔提现？', cancelText: '金额会回到可提现余额。', receive: '确认收款', until: '请在 {time} 前确认，过时自动退回',
  howTitle: '在微信里确认收款', how: '请在微信里打开本店小程序，到“我的 › 我的分成”，点“确认收款”。钱会进入您的微信零钱。', known: '知道了', old: '您的微信版本太旧，请升级后再确认收款', about: '分成来自您推广或供货的订单，订单完成后计入。退款的订单会相应扣回。',
}
