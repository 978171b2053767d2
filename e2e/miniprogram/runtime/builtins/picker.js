/** A native select in place of the platform's wheel; `selector` mode only, others stay inert. */
export const picker = (dom) => ({
  properties: { mode: { type: String, value: 'selector' }, range: Array, rangeKey: String, value: { type: null, value: 0 }, disabled: Boolean },
  lifetimes: {
    attached() {
      dom(this).addEventListener('click', () => {
        if (this.data.disabled || this.data.mode !== 'selector') return
        const select = document.createElement('select')
        select.className = 'wx-picker'
        this.data.range.forEach((entry, index) => select.add(new Option(this.data.rangeKey ? entry[this.data.rangeKey] : entry, index)))
        select.value = this.data.value
        select.onchange = () => {
          select.remove()
          this.triggerEvent('change', { value: Number(select.value) })
        }
        dom(this).append(select)
        select.focus()
      })
    },
  },
})

export const toggle = (dom) => ({
  properties: { checked: Boolean, disabled: Boolean, color: String },
  observers: { checked(on) { if (this.box) this.box.checked = on } },
  lifetimes: {
    attached() {
      this.box = Object.assign(document.createElement('input'), { type: 'checkbox', checked: this.data.checked })
      this.box.addEventListener('change', (event) => {
        event.stopPropagation()
        this.triggerEvent('change', { value: this.box.checked })
      })
      dom(this).append(this.box)
    },
  },
})
