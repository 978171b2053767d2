// Toasts, modals and sheets; one dialog at a time, as on a phone.
import { settle, succeed } from './answer.js'

const byId = (id) => document.getElementById(id)
let toastTimer

/** Ask the person at the phone; resolves with the key of the chosen button. */
export function choose(text, buttons, kind) {
  return new Promise((done) => {
    const form = document.createElement('form')
    form.className = kind
    const label = document.createElement('p')
    label.textContent = text
    const row = document.createElement('div')
    for (const [key, word] of buttons) {
      const button = document.createElement('button')
      button.type = 'button'
      button.className = key === buttons[0][0] ? 'main' : ''
      button.dataset.choice = key
      button.textContent = word
      button.onclick = () => {
        byId('dialog').classList.remove('open')
        form.remove()
        done(key)
      }
      row.append(button)
    }
    form.append(label, row)
    byId('dialog').replaceChildren(form)
    byId('dialog').classList.add('open')
  })
}

function toast(text, milliseconds) {
  const element = byId('toast')
  element.textContent = text
  element.style.display = 'block'
  clearTimeout(toastTimer)
  if (milliseconds) toastTimer = setTimeout(() => { element.style.display = 'none' }, milliseconds)
}

export const dialogs = {
  showToast: (o) => { toast(o.title, o.duration ?? 1500); return succeed(o, 'showToast') },
  hideToast: (o) => { byId('toast').style.display = 'none'; return succeed(o, 'hideToast') },
  showLoading: (o) => { toast(o.title, 0); return succeed(o, 'showLoading') },
  hideLoading: (o) => { byId('toast').style.display = 'none'; return succeed(o, 'hideLoading') },
  showModal: (o) =>
    settle(o, 'showModal', async () => {
      const buttons = [['confirm', o.confirmText || '确定'], ...(o.showCancel === false ? [] : [['cancel', o.cancelText || '取消']])]
      const choice = await choose([o.title, o.content].filter(Boolean).join('\n'), buttons, 'modal')
      return { confirm: choice === 'confirm', cancel: choice === 'cancel' }
    }),
  showActionSheet: (o) =>
    settle(o, 'showActionSheet', async () => {
      const choice = await choose('', [...o.itemList.map((word, index) => [String(index), word]), ['cancel', '取消']], 'sheet')
      if (choice === 'cancel') throw new Error('cancel')
      return { tapIndex: Number(choice) }
    }),
}
