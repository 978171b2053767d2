import returns from './returns-zh'
import shares from './shares-zh'

export default {
  returns,
  shares,
  app: { name: '掌柜', mark: '掌' },
  tab: { home: '首页', menu: '点单', cart: '购物车', orders: '订单', me: '我的' },
  common: {
    again: '再试一次', change: '更换', close: '关闭', done: '完成', end: '没有更多了', less: '减少', more: '增加', loading: '正在加载…', no: '取消', search: '搜索',
  },
  error: {
    offline: '网络没有连上，请检查网络后再试', timeout: '等了太久没有回音，请再试一次', server: '店里的系统出了点问题，请稍后再试',
    refused: '这一步没有成功，请再试一次', unknown: '出了点意外，请再试一次',
  },
  method: { express: '快递', delivery: '外送', pickup: '自取', dine_in: '堂食', virtual: '在线发放' },
  home: { hello: '今天想要点什么？', none: '这里还没有开张的店', popular: '大家常买', order: '去点单', shop: '逛一逛' },
  menu: {
    open: '营业中', closed: '休息中', paused: '暂停接单', pausedLong: '店里正忙，暂时不接新单，请稍后再来', closedUntil: '现在休息中，营业时间 {hours}。可以先看看',
    table: '桌号 {name}', before: '前面还有 {n} 单', switch: '换一家店', searchHint: '搜索商品', notFound: '没有找到“{what}”',
    cartEmpty: '还没有选东西', seeCart: '看看选了什么', missing: '外送还差 {sum} 起送', packing: '另有打包费 {sum}', openCart: '购物车，{n} 件', chosen: '已选商品', clear: '清空',
  },
  grid: { all: '全部', none: '这一类暂时没有商品', seeAll: '看看全部商品' },
  sort: { relevance: '综合', default: '推荐', sales: '销量', newest: '新品', price: '价格' },
  facet: {
    title: '筛选', category: '分类', price: '价格', tag: '特色', brand: '品牌', delivery: '收货方式', stock: '库存', inStock: '只看有货', over: '{sum} 以上', reset: '重置', show: '看这 {n} 件', nothing: '没有符合条件的商品', noneHint: '放宽一些条件，再看一看',
  },
  search: {
    history: '最近搜过', hot: '大家在搜', tidy: '整理搜索记录', forget: '删除“{what}”', forgetAll: '全部删除', clear: '清空搜索词', hint: '试试商品名、拼音或首字母', product: '商品', meant: '您是不是要找“{what}”', instead: '没有找到“{what}”，下面是相近的结果',
    noneHint: '换个说法，或试试拼音', all: '共 {n} 件，都在这里了',
  },
  flash: {
    storeTime: '店铺时间', title: '限时抢购', from: '{sum} 起', days: '{n} 天', startsIn: '距开始', endsIn: '距结束', phase: { coming: '距开始', running: '距结束', over: '已结束' }, none: '现在没有限时抢购', noneHint: '下一场开始前会出现在店铺首页',
    limit: '每人限 {n} 件', left: '还剩 {n} 件', gone: '已抢光', units: '共 {n} 件', keep: '抢到后保留 {n} 分钟', held: '名额保留 {time}', queueing: '正在排队，请不要离开', queue: '前面还有 {n} 位，大约 {s} 秒，请不要离开',
    button: { coming: '即将开始', ask: '马上抢', queued: '排队中', held: '去下单', soldOut: '已抢光', over: '已结束' },
    placeUntil: '已抢到，请在 {time} 内提交订单', placeOver: '名额已到期，没有下单', tryAgain: '重新抢',
  },
  product: {
    title: '商品', brand: '品牌：{name}', from: '起', sold: '已售 {n}', monthly: '月售 {n}', soldOut: '售罄', soldOutToday: '今日售罄', add: '加入购物车', choose: '选规格', chosen: '已选', delivery: '配送',
    shipping: '运费', freeOver: '快递满 {sum} 包邮', details: '商品详情', store: '店铺', toCart: '加入购物车', buy: '立即购买', added: '已加入购物车', seeCart: '去看看', share: '分享', copied: '链接已复制',
    copyByHand: '复制没有成功，请从地址栏复制链接', back: '回到店里',
  },
  spec: {
    choose: '请选择{what}', quantity: '数量', left: '仅剩 {n} 件', plenty: '库存充足', limit: '每人限购 {n} 件', atMost: '最多选 {n} 样', upTo: '可选，最多 {n} 样', between: '选 {min}–{max} 样',
  },
  cart: {
    empty: '购物车还空着', emptyHint: '去挑几样喜欢的吧', browse: '去逛逛', all: '全选', allOf: '全选 {name}', settle: '去结算', settleCount: '去结算 ({n})', delete: '删除', deleted: '已删除 {name}', undo: '撤销',
    bill: '金额明细', goods: '商品合计', billHint: '运费、打包费和优惠在下一步按收货方式计算',
  },
  flag: { off_shelf: '已下架', sold_out: '已售罄', short: '只剩 {n} 件，请减少数量', price_changed: '加入时 {from}，现在价格变了' },
  confirm: {
    title: '确认订单', method: '收货方式', addAddress: '添加收货地址', pickupAt: '到店自取', pickupPhone: '取货电话', pickupPhoneHint: '方便店家联系您', online: '不用填地址', onlineHint: '付款后发放到订单里', phone: '联系电话', needTable: '请告诉我们您在哪一桌', tableTitle: '您在哪一桌', tableCode: '桌码', tableHint: '桌上二维码旁的编号',
    tableFault: '请填写桌上二维码旁的编号', scan: '扫桌上的码', allLines: '查看全部 {n} 样', cutlery: '餐具', noCutlery: '不需要，少一份浪费', sets: '{n} 份', remark: '备注', remarkNone: '无', remarkHint: '口味、包装或其他要求',
    comma: '，', usual: { food1: '请少放冰', food2: '请打包严实', food3: '到店再做', goods1: '请用纸箱包装', goods2: '工作日送货', goods3: '放在门口' }, why: '为什么是这个价', pieces: '共 {n} 件', submit: '提交订单',
    split: '来自 {n} 家店，将分为 {n} 个订单，一次付清', nothing: '没有要结算的商品',
  },
  bill: { items: '商品', packing: '打包费', shipping: '运费', delivery: '配送费', tax: '税费', discount: '优惠', total: '合计', coupon: '微信支付代金券', paidSelf: '您实付' },
  points: {
    title: '积分', unit: '积分', use: '可用 {n} 积分抵 {sum}', have: '共有 {n} 积分', toEarn: '完成后可得 {n} 积分', earned: '已获得 {n} 积分', givenBack: '已退回 {n} 积分', willGiveBack: '将退回 {n} 积分', takenBack: '已扣回 {n} 积分', after: '余 {n}',
    none: '还没有积分', noneHint: '在有积分的店里买东西，完成后就会得到积分', below: '退货后扣回的积分多于余额，补足以前不能抵扣', belowAt: '积分为 {n}，补足以前不能抵扣', ruleEarn: '商品每付 1 元得 {n} 积分', ruleSpend: '{n} 积分抵 1 元，最多抵商品金额的 {percent}%', ruleOff: '这家店目前没有积分活动',
    kind: { earn: '购物获得', spend: '下单抵扣', give_back: '退回', take_back: '退货扣回', adjust: '店家调整' },
  },
  drift: { title: '价格有变化', text: '在您确认的时候，价格或可用的积分有了变化。还没有下单，请看一看新的价格。', back: '再看看', agree: '按新价下单' },
  pay: {
    title: '支付', nothing: '没有要支付的订单', orders: '看看订单', more: '共 {n} 个订单，先付这一个', together: '{n} 家店的订单，一次付清', left: '请在 {time} 内付款', scan: '请用微信扫一扫付款', again: '继续支付', seeOrder: '查看订单',
    state: { starting: '正在准备支付…', waiting: '正在等待微信的支付结果…', unpaid: '还没有收到付款。如果已经付过，请稍等片刻，不要重复支付', inside: '微信内的网页不能直接支付，请点右上角“…”，在浏览器中打开，或在小程序里下单' },
  },
  paid: {
    title: '支付成功', seal1: '付', seal2: '讫', pickupNumber: '取餐号', goodsNumber: '取货号', callNumber: '叫号', see: '查看订单', home: '回到首页', payRest: '继续支付下一单',
    next: { pickup: '做好后会叫您的号，凭取餐码领取', pickupGoods: '备好后会通知您，凭取货码到店领取', dine_in: '请在座位上稍候，做好后送到您桌上', delivery: '店家准备好后就会送出', express: '店家打包好后就会发货，物流会显示在订单里', virtual: '店家发放后，内容会显示在订单里' },
  },
  orders: {
    all: '全部', unpaid: '待付款', active: '进行中', done: '已完成', pieces: '共 {n} 件', left: '{time} 后关闭', signIn: '登录后查看订单', signInHint: '用手机号登录，订单和购物车都会跟着您',
    none: { all: '还没有订单', unpaid: '没有待付款的订单', active: '没有进行中的订单', done: '还没有完成的订单' },
  },
  presale: { word: '预售', days: '付款后 {n} 天内发货', at: '{day} 前发货', by: '预售商品，{day} 前发货', daysReady: '付款后 {n} 天内备好', atReady: '{day} 前备好', byReady: '预售商品，{day} 前备好' },
  order: {
    title: '订单', number: '订单号', placedAt: '下单时间', paidAt: '付款时间', timeline: '订单动态', allEvents: '查看全部 {n} 条', payWithin: '请及时付款，到时会自动关闭', code: '取货码', codeHint: '取货时请出示给店员，不要告诉别人', foodCode: '取餐码', foodCodeHint: '取餐时请出示给店员，不要告诉别人', parcel: '包裹 {n}', unsent: '还没发出', dropped: '不再发出，已退款', partlyTitle: '部分已发出', partlyText: '其余商品发出后会通知您', partly: '部分发货',
    copy: '复制', copied: '已复制', copyFailed: '复制没有成功，请长按选择',
    status: { pending_payment: '待付款', closing: '正在关闭', cancelled: '已取消', paid: '已付款', preparing: '制作中', packing: '备货中', fulfilled: '待收货', handed: '已发放', completed: '已完成' },
    refund: { processing: '退款中', refunded: '已退款', all: '已全额退款' },
    refundText: { processing: '退款已发起，一般几分钟内退回您的微信', refunded: '钱已退回您的微信' },
    refundCoupon: '另有 {sum} 是代金券付的，已退给出券方',
    refundRow: { requested: '退款已提交', processing: '退款中', succeeded: '已退款', abnormal: '退款遇到问题，店家正在处理', closed: '退款已关闭' },
    handout: '发放内容', handoutNone: '店家没有附上文字，有疑问请联系店家', handoutCopied: '已复制',
    cancelledText: '订单已取消，没有扣款', closingText: '正在向微信核对是否已付款，请稍候',
    action: { pay: '去支付', cancel: '取消订单', receive: '确认收货', reorder: '再来一单' },
    cancelTitle: '取消这个订单？', cancelUnpaid: '还没有付款，取消后商品会放回货架。', cancelPaid: '取消后，钱会原路退回您的微信。', cancelYes: '取消订单', cancelReason: '不想要了', receiveTitle: '已经收到了？', receiveText: '请在拿到商品以后再确认。',
  },
  stage: {
    paid: { word: '已付款', title: '店家已收到订单', text: '马上开始准备' },
    making: { word: '制作中', title: '正在制作', text: '请稍候，做好马上通知您' },
    packing: { word: '备货中', title: '正在打包', text: '打包好就会发出' },
    makingGoods: { word: '备货中', title: '正在备货', text: '备好马上通知您' },
    ready: { word: '可取', title: '做好了，请来取', text: '凭取餐码领取' },
    readyGoods: { word: '可取', title: '备好了，请来取', text: '凭取货码领取' },
    readyTable: { word: '做好', title: '做好了', text: '马上送到您桌上' },
    shipped: { word: '运送中', title: '已经在路上', text: '收到后请确认收货' },
    delivering: { word: '配送中', title: '正在送来', text: '请留意电话' },
    handed: { word: '已发放', title: '已经发放', text: '内容就在下面，请查收' },
    done: { word: '完成', title: '已完成', text: '谢谢惠顾，欢迎再来', textExpress: '谢谢惠顾，用得好再来' },
  },
  address: {
    title: '收货地址', addTitle: '新增地址', editTitle: '编辑地址', add: '新增地址', edit: '编辑', choose: '选择收货地址', none: '还没有收货地址', noneHint: '添加一个，下次下单不用再填', default: '默认', makeDefault: '设为默认地址', save: '保存',
    recipient: '收货人', recipientHint: '姓名', region: '所在地区', regionHint: '省、市、区、街道', detail: '详细地址', detailHint: '小区、楼栋、门牌号', tag: '标签', tags: { home: '家', work: '公司', school: '学校' },
    level0: '选择省份', level1: '选择城市', level2: '选择区县', level3: '选择街道', skipStreet: '不选街道', fromWechat: '从微信导入地址', removeTitle: '删除这个地址？', gone: '这个地址已经不在了',
    fault: { name: '请填写收货人，快递员好联系', nameLong: '名字请不要超过 30 个字', phone: '请填写手机号', phoneShape: '手机号应是 1 开头的 11 位数字', region: '请选择所在地区', detail: '请写到门牌号，至少 3 个字' },
  },
  place: {
    title: '定位', how: '点一下或拖动，标出收货的地方。中间是{name}，上方是北。', planLabel: '以{name}为中心的平面图，用方向键移动位置，加减号放大缩小', north: '北', closer: '放大', wider: '缩小', edge: '最远 {n} 公里',
    metres: '{n} 米', kilometres: '{n} 公里', way0: '正北', way1: '东北', way2: '正东', way3: '东南', way4: '正南', way5: '西南', way6: '正西', way7: '西北', from: '离{name} {far} {way}', fee: '配送费 {fee}', free: '免配送费', beyond: '超出配送范围，最远送 {n} 公里',
    band: '{n} 公里内', noFee: '免费', unset: '还没有标出位置', here: '用我现在的位置', hereHint: '只在您点击时获取一次，只用来算配送距离，随地址加密保存', asking: '正在定位…', rough: '这次定位误差约 {n} 米，请在图上核对一下', save: '就是这里', saveFirst: '先在图上标出位置',
    none: '未定位', noneHint: '{name}按距离送货，需要知道在哪里', unsure: '地址改了，请看看位置对不对', onPlan: '在图上标', mark: '在图上标出位置', remark: '重新标位置', other: '换个地址', pickup: '改为自取',
    fault: { denied: '浏览器没有允许定位。可以在浏览器的网站设置里允许后再试，也可以直接在图上标出', unavailable: '现在定不了位。请打开手机的定位服务再试，也可以直接在图上标出', timeout: '十秒内没有定到位。请再试一次，也可以直接在图上标出', insecure: '这个网址没有加密，浏览器不提供定位。请直接在图上标出', map: '微信地图没有打开。请在微信设置里允许位置，或直接在图上标出' },
  },
  me: {
    signIn: '登录', signInHint: '登录后订单和购物车都会跟着您', friend: '朋友', noPhone: '还没有绑定手机号', givePhone: '绑定微信手机号', orders: '我的订单', allOrders: '全部', points: '我的积分', returns: '售后与退款', shares: '我的分成', addresses: '收货地址', settings: '语言与外观', privacy: '隐私说明',
  },
  signIn: {
    title: '登录', head: '欢迎光临', text: '没有注册过也没关系，验证手机号就好', phone: '手机号', phoneHint: '11 位手机号', code: '验证码', codeHint: '6 位数字', codeFault: '请填写短信里的验证码', send: '获取验证码', resend: '重新获取', again: '{n} 秒后重发',
    enter: '登录', sandbox: '这是演示环境，短信显示在沙箱页面：{origin}',
  },
  settings: { title: '语言与外观', language: '语言', look: '外观', looks: { auto: '跟随系统', light: '浅色', dark: '深色' }, leave: '退出登录' },
  privacy: {
    title: '隐私说明', ask: '为了下单、送货和通知您，我们需要用到您的手机号和收货地址。只在您同意之后才会使用，您可以随时查看、更正或删除。', read: '阅读完整的隐私说明', agree: '同意并继续', refuse: '暂不同意',
    what: { head: '我们收集什么', text: '手机号（登录和联系）、收货地址和您标出的位置（送货、算配送距离）、订单与支付状态（履行订单）。在小程序里还有微信给出的用户标识，用来认出您并完成支付。' },
    why: { head: '为什么需要', text: '没有手机号无法登录与联系，没有地址无法送货。浏览商品不需要提供任何个人信息。' },
    who: { head: '谁能看到', text: '接单的店家能看到履行订单所必需的内容，快递公司能看到面单上的收货信息，微信支付处理付款。我们不出售个人信息。' },
    long: { head: '保存多久', text: '订单按法律要求保存；手机号和地址加密存放，您删除地址或注销后随之删除。' },
    rights: { head: '您的权利', text: '您可以在“我的”里查看、更正、删除地址，也可以联系店家导出或删除您的全部信息，或撤回同意。' },
  },
}
