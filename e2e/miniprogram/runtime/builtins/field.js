const field = (element) => (dom) => ({
  properties: {
    value: { type: null, value: '' },
    name: String,
    placeholder: String,
    placeholderClass: String,
    placeholderStyle: String,
    type: String,
    password: Boolean,
    disabled: Boolean,
    focus: Boolean,
    maxlength: { type: Number, value: 140 },
    confirmType: String,
    adjustPosition: Boolean,
    autoHeight: Boolean,
    cursorSpacing: Number,
  },
  observers: {
    value(value) { if (this.control && this.control.value !== String(value ?? '')) this.control.value = value ?? '' },
    'placeholder, disabled, maxlength, type'() { this.draw() },
  },
  methods: {
    draw() {
      if (!this.control) return
      const { placeholder, disabled, maxlength, type } = this.data
      this.control.placeholder = placeholder
      this.control.disabled = disabled
      if (maxlength > 0) this.control.maxLength = maxlength
      this.control.inputMode = { number: 'numeric', digit: 'decimal', idcard: 'text' }[type] ?? 'text'
    },
  },
  lifetimes: {
    attached() {
      const control = (this.control = document.createElement(element))
      control.value = this.data.value ?? ''
      if (this.data.password) control.type = 'password'
      this.draw()
      dom(this).append(control)
      for (const kind of ['input', 'blur', 'focus', 'change']) {
        control.addEventListener(kind, (event) => {
          event.stopPropagation()
          if (kind !== 'change') this.triggerEvent(kind, { value: control.value, cursor: control.selectionStart })
        })
      }
      control.addEventListener('keydown', (event) => {
        if (event.key === 'Enter' && !event.isComposing && element === 'input') this.triggerEvent('confirm', { value: control.value })
      })
    },
  },
})

export const input = field('input')
export const textarea = field('textarea')
