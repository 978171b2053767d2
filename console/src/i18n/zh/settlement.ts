export default {
  settlement: {
    title: '分账与结算',
    help: '订单完成后，按规则把一部分款项分给接收方，其余解冻给本店。每家店只用自己的商户号付款。',
    tabs: { rules: '接收方与规则', splits: '分账记录', withdrawals: '提现', statement: '结算单' },
    state: '状态',
    kind: { merchant: '合作商户', leader: '团长', referrer: '推广人', supplier: '供应商', platform: '平台' },
    payout: { sharing: '微信分账', balance: '记余额，自己提现' },
    way: { merchant: '商户号', person: '个人（分账）', balance: '个人（提现）' },
    wayHelp: {
      merchant: '订单完成后由微信直接分到对方商户号，退款时可以先退回。',
      person: '由微信直接分到对方零钱。到账后不能退回，退款时由本店垫付。',
      balance: '先记在余额里，对方申请、你同意后再转账。退款时从余额扣回。',
    },
    receiverState: { pending: '登记中', active: '可分账', refused: '未通过', removed: '已移除' },
    receiver: {
      title: '接收方', add: '添加接收方', added: '已添加', label: '名称', labelHint: '例如：一号团长', kind: '身份', way: '怎样付', payout: '付款方式',
      balance: '待提现', account: '账户', mchid: '商户号', openid: 'openid', fullName: '商户全称', realName: '真实姓名',
      refusal: { mismatch: '微信没有接受：账户不存在，或名称与账户不符。请核对后移除，重新添加。', notAllowed: '微信没有接受：商户号没有开通分账。', other: '微信没有接受这个接收方，请核对账户和名称，或稍后重试。' },
      buyer: '买家', buyerHint: '手机号或订单号', buyerHelp: '从本店的买家里选，最近下单的在前。', buyerNone: '本店小程序里没有这位买家', buyerOrder: '{number}，{time}', typeOpenid: '改为填写 openid', pickBuyer: '改为选择买家',
      nameHelp: '加密保存，只用于微信核对身份。', remove: '移除', removeTitle: '移除“{name}”？',
      removeText: '之后的付款不再分给对方，相关规则会停用。已经定下的分账仍会付出。', retried: '已重新提交给微信',
      emptyTitle: '还没有接收方', emptyText: '先添加合作商户、供应商或团长，再定规则。',
    },
    rule: {
      title: '规则', add: '新建规则', edit: '修改规则', dialogText: '只影响之后的付款；付款时定下的分账不会改变。', receiver: '接收方', of: '按什么分', whole: '整单实付', by: '分法', share: '分多少',
      ratio: '按比例', fixed: '固定金额', fixedUnit: '每件多少钱', fixedOrder: '每单多少钱', aUnit: '/ 件', anOrder: '/ 单',
      percentWrong: '请填 0.01 到 100 的百分数。', priority: '顺序', priorityHelp: '合计超过最高比例时，数字小的先分。', priorityWrong: '请填 0 到 999 的整数。',
      enabled: '启用', on: '启用', off: '停用', coming: '未开始', over: '已结束', window: '有效时间', windowHelp: '按付款时间计算，店铺时间（{zone}）；不填就一直有效。', windowWrong: '结束时间要晚于开始时间。', fromOpen: '即刻起', untilOpen: '长期', between: '{from} 至 {until}', removeTitle: '删除这条规则？', removeText: '之后的付款不再按它分账。',
      overMaximum: '各规则合计 {together}，最高只能分 {most}：排在后面的接收方会少分或不分。', late: '“{name}”是预售，付款后最多 {days} 天才完成，而款项只冻结 {frozen} 天：到期还没完成的订单不再分账。', lateMore: '另有 {n} 个预售商品也是这样。',
      emptyTitle: '还没有规则', emptyText: '没有规则时，款项全部归本店，不会冻结。',
    },
    preview: {
      title: '试算', help: '现在付款的订单会这样分，合计最高 {ratio}。', order: '一笔实付', anything: '不指定商品', merchant: '本店留下', capped: '已到最高 {most}，后面的接收方少分或不分。',
    },
    policy: {
      open: '约定与限额', title: '约定与限额', saved: '已保存', maxRatio: '最高分账比例', maxRatioHelp: '与微信支付约定的比例，默认 30%。', maxRatioAgreed: '微信支付给本店的最高比例是 {most}。',
      days: '冻结天数', daysHelp: '普通商户 30 天，电商收付通 180 天。', daysWrong: '请填 1 到 180。',
      advance: '退款时本店垫付', advanceHelp: '接收方退不回来的部分马上由本店余额退给买家；关闭时最多等一天，之后也由本店付，买家不会一直等。',
      least: '每次提现最少', most: '每次提现最多', daily: '每人每天提现次数', dailyWrong: '请填 1 到 100。',
    },
    splitState: { held: '冻结中', due: '分账中', done: '已完成', stuck: '要处理', void: '不分', unreturned: '退款在等' },
    shareState: { planned: '待分', sent: '分账中', paid: '已分', closed: '未成功', void: '不分' },
    split: {
      help: '付款时定下分给谁、多少；订单完成后执行，其余解冻。', order: '订单', total: '实付', shares: '分给', time: '付款时间',
      refunded: '已退 {amount}', returned: '退回 {amount}', until: '{time} 自动解冻', finish: '不再分', finishTitle: '不再分给未成功的接收方？',
      finishText: '未成功的部分解冻给本店，之后不能再分。', retryDone: '已重新提交', finishDone: '其余款项正在解冻', advance: '本店先付', advanceTitle: '由本店先付 {amount}？',
      advanceText: '买家的退款马上从本店可用余额付出。接收方应退的部分，请与对方另行结算。', advanceDone: '退款正在付出',
      waiting: '{amount} 还没退回，{time} 起由本店先付', advanced: '本店已替接收方付 {amount}', emptyTitle: '还没有分账', emptyText: '有规则后，新付款的订单会出现在这里。',
    },
    error: {
      share_closed: '有接收方未成功，请重试或不再分', return_failed: '接收方没有退回，退款在等待', return_advanced: '接收方退不回的部分已由本店付给买家', too_many_calls: '微信规定一笔订单最多分账 50 次，其余已解冻给本店', freeze_ending: '冻结快到期，订单还没完成', freeze_over: '订单完成前冻结已到期，冻结的款项归本店',
      RULE_LIMIT: '超过与微信约定的最高比例', NOT_ENOUGH: '可分的金额不足', other: '微信返回 {code}',
    },
    withdrawalState: { requested: '待同意', approved: '转账中', waiting: '待对方确认', paid: '已到账', failed: '未成功', expired: '过期退回', rejected: '已拒绝', cancelled: '已撤回' },
    withdrawal: {
      help: '同意后微信发起转账，对方 24 小时内确认收款；过期自动退回余额。', who: '谁', amount: '金额', asked: '申请时间', by: '处理人', confirmBy: '{time} 前确认',
      approve: '同意', approved: '已同意，转账已发起', approveTitle: '转账 {amount} 给“{name}”？', approveText: '从本店商户号付出，对方确认后到账。',
      reject: '拒绝', rejectTitle: '拒绝这笔提现', reason: '原因', reasonHelp: '对方会看到。金额退回对方余额。', emptyTitle: '没有提现', emptyText: '记余额的接收方申请后会出现在这里。',
    },
    statement: {
      help: '按账本汇总：收了多少、退了多少、费用与分账，最后剩多少。', download: '下载表格', noOrder: '（不属于订单）', emptyTitle: '这段时间没有变动', emptyText: '换一段日期看看。',
    },
    figure: {
      opening: '期初', gross: '收款', refunds: '退款', fees: '手续费', splits: '分账', subsidies: '平台券补贴', discounts: '商家券优惠', withdrawals: '提现', adjustments: '调整', net: '净额', closing: '期末', people: '个人提现',
    },
  },
}
