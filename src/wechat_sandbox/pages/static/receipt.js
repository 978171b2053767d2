// The buttons of the receipt component. A page that frames or opened it is told the result by postMessage.
const till = document.querySelector('.till')
const transactionId = till.dataset.transactionId
const find = (name) => till.querySelector(`[data-${name}]`)

const tell = (status) => {
  const message = { type: 'wechat-sandbox-receipt', transaction_id: transactionId, status }
  for (const listener of [window.parent, window.opener]) {
    if (listener && listener !== window) listener.postMessage(message, '*')
  }
}

const show = (good, text) => {
  const result = find('result')
  result.hidden = false
  result.dataset.mood = good ? 'good' : 'bad'
  find('mark').textContent = good ? '✓' : '!'
  find('result-text').textContent = text
  find('actions').hidden = true
  if (till.dataset.redirectUrl) {
    find('back').href = till.dataset.redirectUrl
    find('back').hidden = false
  }
}

find('confirm').addEventListener('click', async () => {
  find('confirm').disabled = true
  try {
    const response = await fetch('/_sandbox/confirm-receipt', {
      method: 'POST',
      headers: { 'Content-Type': 'application/json' },
      body: JSON.stringify({ transaction_id: transactionId }),
    })
    const answer = await response.json()
    if (!response.ok) throw new Error(answer.message)
    show(true, '已确认收货 Receipt confirmed')
    tell('success')
  } catch (error) {
    show(false, error.message)
    tell('fail')
  }
})
find('cancel').addEventListener('click', () => {
  show(false, '已取消，稍后仍可确认 Cancelled; it can be confirmed later')
  tell('cancel')
})

if (till.dataset.confirmed === 'true') show(true, '已确认收货 Receipt confirmed')
else if (!find('result').hidden) show(false, find('result-text').textContent)
