// The cashier's buttons. A page that frames or opened the cashier is told the result by postMessage.
const till = document.querySelector('.till')
const prepayId = till.dataset.prepayId
const speed = Number(till.dataset.speed)
const find = (name) => till.querySelector(`[data-${name}]`)
let leftAt = performance.now() + (Number(till.dataset.leftS) * 1000) / (speed || 1)

const post = async (path, body) => {
  const response = await fetch(path, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify(body ?? {}),
  })
  const answer = await response.json()
  if (!response.ok) throw new Error(answer.message)
  return answer
}

const tell = (result) => {
  const message = { type: 'wechat-sandbox-cashier', prepay_id: prepayId, result }
  for (const listener of [window.parent, window.opener]) {
    if (listener && listener !== window) listener.postMessage(message, '*')
  }
}

const show = (mood, text) => {
  const result = find('result')
  result.hidden = false
  result.dataset.mood = mood
  find('mark').textContent = mood === 'good' ? '✓' : '!'
  find('result-text').textContent = text
  find('actions').hidden = true
  const back = find('back')
  if (till.dataset.redirectUrl) {
    back.href = till.dataset.redirectUrl
    back.hidden = false
  }
}

const clock = () => {
  const seconds = Math.max(0, Math.round(((leftAt - performance.now()) * (speed || 1)) / 1000))
  const two = (n) => String(n).padStart(2, '0')
  const days = Math.floor(seconds / 86400)
  const rest = `${two(Math.floor((seconds % 86400) / 3600))}:${two(Math.floor((seconds % 3600) / 60))}:${two(seconds % 60)}`
  find('left').textContent = days ? `${days} 天 ${rest}` : rest
  return seconds
}

const working = async (action) => {
  const buttons = [...till.querySelectorAll('button')]
  for (const button of buttons) button.disabled = true
  try {
    await action()
  } catch (error) {
    show('bad', error.message)
  } finally {
    for (const button of buttons) button.disabled = false
  }
}

const paid = () => {
  show('good', '支付成功 Paid')
  tell('ok')
  // As WeChat does: back to the shop after a moment in which one sees that it worked.
  if (till.dataset.redirectUrl) setTimeout(() => location.assign(till.dataset.redirectUrl), 900)
}

const waitForBank = async () => {
  const order = await (await fetch(`/_sandbox/cashier/${prepayId}`)).json()
  if (order.trade_state === 'SUCCESS') paid()
  else setTimeout(waitForBank, 500)
}

const coupons = () => {
  const chosen = till.querySelector('input[name="coupon"]:checked')
  return chosen?.value ? [JSON.parse(chosen.value)] : []
}
for (const choice of till.querySelectorAll('input[name="coupon"]')) {
  choice.addEventListener('change', () => {
    const left = Number(find('total').dataset.total) - Number(choice.dataset.amount ?? 0)
    find('yuan').textContent = Math.floor(left / 100).toLocaleString('en')
    find('fen').textContent = String(left % 100).padStart(2, '0')
  })
}

find('approve').addEventListener('click', () =>
  working(async () => {
    await post(`/_sandbox/cashier/${prepayId}/approve`, { coupons: coupons() })
    paid()
  }),
)
find('slow').addEventListener('click', (event) =>
  working(async () => {
    await post(`/_sandbox/cashier/${prepayId}/approve`, { after_s: Number(event.currentTarget.dataset.slow), coupons: coupons() })
    show('wait', '支付处理中 Waiting for the bank')
    await waitForBank()
  }),
)
find('cancel').addEventListener('click', () =>
  working(async () => {
    await post(`/_sandbox/cashier/${prepayId}/cancel`)
    show('bad', '已取消，订单仍可支付 Cancelled, the order can still be paid')
    tell('cancel')
  }),
)
for (const button of till.querySelectorAll('[data-advance]')) {
  button.addEventListener('click', () =>
    working(async () => {
      const chosen = button.dataset.advance // what is left came cut to seconds and is shown rounded, hence two more
      await post('/_sandbox/clock', { advance_s: chosen === 'end' ? clock() + 2 : Number(chosen) })
      location.reload()
    }),
  )
}

if (till.dataset.paid === 'true') show('good', '订单已支付 Paid')
else if (!find('result').hidden) show('bad', find('result-text').textContent)
clock()
setInterval(clock, 1000)
