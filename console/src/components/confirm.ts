import { DialogPlugin } from 'tdesign-vue-next'

/** Asks a yes-or-no question; true when confirmed. Escape and the cross mean no. */
export function ask(header: string, body: string, yes: string, no: string): Promise<boolean> {
  return new Promise((resolve) => {
    const dialog = DialogPlugin.confirm({
      header,
      body,
      confirmBtn: yes,
      cancelBtn: { content: no, theme: 'default', variant: 'outline' },
      onConfirm: () => {
        dialog.destroy()
        resolve(true)
      },
      onClose: () => {
        dialog.destroy()
        resolve(false)
      },
    })
  })
}
