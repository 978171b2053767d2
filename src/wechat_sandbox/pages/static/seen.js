// Everything the sandbox saw: polls once a second, and not at all while the page is hidden.
import { words } from '/_sandbox/static/words.js'

const KINDS = ['pay', 'wxapi', 'notify', 'cashier', 'refund', 'sharing', 'transfer', 'shipping', 'message', 'sms', 'clock', 'fault']
const SHOWN = 300
const BEIJING = { timeZone: 'Asia/Shanghai', hour12: false }
const byId = (id) => document.getElementById(id)
const state = { language: localStorage.getItem('language') ?? (navigator.language.startsWith('zh') ? 'zh' : 'en'), kind: '', text: '', last: 0, turn: 0, shown: 0 }
const t = (key) => words[state.language][key === 'clock' ? 'clock' : key]
const kindName = (kind) => t(kind === 'clock' ? 'clock_kind' : kind)

const call = async (method, path, body) => {
  const response = await fetch(path, { method, ...(body && { body: JSON.stringify(body), headers: { 'Content-Type': 'application/json' } }) })
  const answer = await response.json()
  if (!response.ok) throw new Error(answer.message)
  return answer
}
const element = (tag, attributes = {}, ...children) => {
  const made = Object.assign(document.createElement(tag), attributes)
  made.append(...children)
  return made
}
const pretty = (value) => {
  if (typeof value !== 'string' || !/^[[{]/.test(value)) return value
  try {
    return JSON.parse(value)
  } catch {
    return value // cut off for length: shown as it is
  }
}

const row = (event) => {
  const time = new Date(event.at * 1000)
  const summary = element(
    'summary', {},
    element('time', { textContent: time.toLocaleTimeString('zh-CN', BEIJING), title: time.toLocaleString('zh-CN', BEIJING) }),
    element('span', { className: 'kind', textContent: kindName(event.kind) }),
    element('span', { className: 'what', textContent: event.title }),
    element('span', { className: 'subject mono', textContent: event.subject }),
  )
  const details = element('details', {}, summary)
  details.dataset.mood = event.mood
  details.addEventListener('toggle', () => {
    if (!details.open || details.querySelector('pre')) return
    const data = Object.fromEntries(Object.entries(event.data).map(([key, value]) => [key, pretty(value)]))
    details.append(element('pre', { textContent: JSON.stringify(data, null, 2) }))
  })
  const item = element('li', {}, details)
  item.dataset.id = event.id
  return item
}

// An answer to an older question (another filter) must not reach the list after a newer one, and a row that stays under
// the new filter stays as it is: somebody may have just opened it.
const load = async (fresh) => {
  if (!fresh && state.shown !== state.turn) return
  const turn = fresh ? ++state.turn : state.turn
  const query = new URLSearchParams({ after: fresh ? 0 : state.last, kind: state.kind, q: state.text, limit: SHOWN })
  const { events, last_id } = await call('GET', `/_sandbox/events?${query}`)
  if (turn !== state.turn) return
  state.shown = turn
  const list = byId('events')
  const shown = new Map([...list.children].map((item) => [item.dataset.id, item]))
  const rows = events.map((event) => shown.get(String(event.id)) ?? row(event))
  if (fresh) list.replaceChildren(...rows)
  else list.prepend(...rows)
  while (list.children.length > SHOWN) list.lastChild.remove()
  state.last = last_id
  const filtered = Boolean(state.kind || state.text)
  byId('empty').hidden = list.children.length > 0
  byId('empty').children[0].textContent = t(filtered ? 'nothing' : 'empty')
  byId('empty').children[1].textContent = t(filtered ? 'nothing_hint' : 'empty_hint')
}

const span = (seconds) => {
  if (seconds < 120) return `${Math.round(seconds)} s`
  if (seconds < 7200) return `${Math.round(seconds / 60)} min`
  return seconds < 172800 ? `${(seconds / 3600).toFixed(1)} h` : `${(seconds / 86400).toFixed(1)} d`
}
const showClock = (clock) => {
  byId('clock').textContent = clock.time.replace('T', ' ').replace('+08:00', '')
  const ahead = clock.ahead_s >= 2 ? ` · ${t('ahead')(span(clock.ahead_s))}` : ''
  byId('speed').textContent = `${clock.speed} ×${ahead}`
  const choice = byId('speed-choice')
  if (document.activeElement !== choice) choice.value = String(clock.speed)
}

const showFaults = async () => {
  const { faults } = await call('GET', '/_sandbox/faults')
  byId('faults').replaceChildren(
    ...faults.map((fault) => {
      const chance = fault.probability < 1 ? ` · ${Math.round(fault.probability * 100)} %` : ''
      const text = element('span', {}, `${fault.kind} · ${fault.target}${chance}`, element('small', { className: 'hint', textContent: ` ${t('hits')(fault.hits, fault.count)}` }))
      const remove = element('button', { className: 'chip', type: 'button', textContent: t('remove') })
      remove.addEventListener('click', async () => {
        await call('DELETE', `/_sandbox/faults/${fault.id}`)
        await showFaults()
      })
      return element('li', {}, text, remove)
    }),
  )
}

const showAccounts = async () => {
  const { merchants } = await call('GET', '/_sandbox/merchants')
  byId('accounts').replaceChildren(
    ...merchants.map((merchant) => {
      const text = element('span', {}, merchant.name, element('small', { className: 'mono', textContent: `${merchant.mchid} · ${merchant.appid} · ${merchant.mode}` }))
      const copy = element('button', { className: 'chip', type: 'button', textContent: t('copy') })
      copy.addEventListener('click', async () => {
        await navigator.clipboard.writeText(JSON.stringify(merchant, null, 2))
        copy.textContent = t('copied')
      })
      return element('li', {}, text, copy)
    }),
  )
}

const showKinds = () =>
  byId('kinds').replaceChildren(
    ...['', ...KINDS].map((kind) => {
      const chip = element('button', { className: 'chip', type: 'button', textContent: kind ? kindName(kind) : t('all') })
      chip.setAttribute('aria-pressed', String(state.kind === kind))
      chip.addEventListener('click', () => {
        state.kind = kind
        showKinds()
        void load(true)
      })
      return chip
    }),
  )

const speak = async () => {
  document.documentElement.lang = state.language === 'zh' ? 'zh-CN' : 'en'
  for (const part of document.querySelectorAll('[data-t]')) part.textContent = t(part.dataset.t)
  for (const part of document.querySelectorAll('[data-p]')) part.placeholder = t(part.dataset.p)
  byId('language').textContent = t('other')
  byId('events').replaceChildren() // the rows are to be written in the new language
  showKinds()
  await Promise.all([load(true), showFaults(), showAccounts()])
}

const poll = async () => {
  if (!document.hidden) {
    try {
      showClock(await call('GET', '/_sandbox/clock'))
      const before = state.last
      await load(false)
      if (state.last !== before) await showFaults()
      byId('offline').hidden = true
    } catch {
      byId('offline').hidden = false
    }
  }
  setTimeout(poll, 1000)
}

byId('language').addEventListener('click', () => {
  state.language = state.language === 'zh' ? 'en' : 'zh'
  localStorage.setItem('language', state.language)
  void speak()
})
byId('search').addEventListener('input', (event) => {
  state.text = event.target.value
  void load(true)
})
byId('clear').addEventListener('click', async () => {
  await call('DELETE', '/_sandbox/events')
  await load(true)
})
byId('advance').addEventListener('click', async (event) => {
  const seconds = event.target.dataset.s
  if (seconds) showClock(await call('POST', '/_sandbox/clock', { advance_s: Number(seconds) }))
})
byId('speed-choice').addEventListener('change', async (event) => {
  showClock(await call('POST', '/_sandbox/clock', { speed: Number(event.target.value) }))
})
byId('fault').addEventListener('submit', async (event) => {
  event.preventDefault()
  const form = new FormData(event.target)
  const order = { target: form.get('target'), kind: form.get('kind'), probability: Number(form.get('probability')) || 1 }
  for (const name of ['count', 'seconds']) if (form.get(name) !== '') order[name] = Number(form.get(name))
  const problem = byId('fault-problem')
  try {
    await call('POST', '/_sandbox/faults', order)
    problem.hidden = true
    await showFaults()
  } catch (error) {
    problem.textContent = error.message
    problem.hidden = false
  }
})
byId('new-merchant').addEventListener('click', async () => {
  await call('POST', '/_sandbox/merchants', {})
  await showAccounts()
})

await speak()
void poll()
