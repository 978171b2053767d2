// The buttons of the page that receives a transfer. A page that frames or opened it is told the result by postMessage.
const till = document.querySelector('.till')
const packageInfo = till.dataset.package
const speed = Number(till.dataset.speed)
const find = (name) => till.querySelector(`[data-${name}]`)
const leftAt = performance.now() + (Number(till.dataset.leftS) * 1000) / (speed || 1)

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
  const message = { type: 'wechat-sandbox-transfer', package: packageInfo, result }
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
  if (till.dataset.redirectUrl) {
    find('back').href = till.dataset.redirectUrl
    find('back').hidden = false
  }
}

const clock = () => {
  const seconds = Math.max(0, Math.round(((leftAt - performance.now()) * (speed || 1)) / 1000))
  const two = (n) => String(n).padStart(2, '0')
  find('left').textContent = `${two(Math.floor(seconds / 3600))}:${two(Math.floor((seconds % 3600) / 60))}:${two(seconds % 60)}`
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

find('confirm').addEventListener('click', () =>
  working(async () => {
    await post(`/_sandbox/transfers/${packageInfo}/confirm`)
    show('good', '已收款 Received')
    tell('ok')
    if (till.dataset.redirectUrl) setTimeout(() => location.assign(till.dataset.redirectUrl), 900)
  }),
)
find('later').addEventListener('click', () => {
  show('bad', '未收款，到期前仍可确认 Not received; you can still confirm it in time')
  tell('cancel')
})
for (const button of till.querySelectorAll('[data-advance]')) {
  button.addEventListener('click', () =>
    working(async () => {
      const chosen = button.dataset.advance // what is left came cut to seconds and is shown rounded, hence two more
      await post('/_sandbox/clock', { advance_s: chosen === 'end' ? clock() + 2 : Number(chosen) })
      location.reload()
    }),
  )
}

if (till.dataset.received === 'true') show('good', '已收款 Received')
else if (!find('result').hidden) show('bad', find('result-text').textContent)
clock()
setInterval(clock, 1000)
