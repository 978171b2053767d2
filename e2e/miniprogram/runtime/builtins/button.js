import { askSandbox } from '../wx/sandbox.js'
import { options } from '../package.js'

/** `open-type` buttons ask the platform for something when they are tapped; the sandbox answers in its place. */
const OPEN_TYPES = {
  async getPhoneNumber(component) {
    const { code } = await askSandbox('/_sandbox/phone-code', { appid: options.appid, phone: options.phone })
    component.triggerEvent('getphonenumber', { errMsg: 'getPhoneNumber:ok', code }, {})
  },
  async agreePrivacyAuthorization(component) {
    window.__privacyAgreed?.(component)
    component.triggerEvent('agreeprivacyauthorization', { errMsg: 'agreePrivacyAuthorization:ok' }, {})
  },
}

export const button = (dom) => ({
  properties: { type: String, size: String, plain: Boolean, disabled: Boolean, loading: Boolean, formType: String, openType: String, hoverClass: String },
  lifetimes: {
    attached() {
      const element = dom(this)
      element.setAttribute('role', 'button')
      // The engine's own tap: after a touch that it handled, the browser sends no click.
      this._$.addListener('tap', () => {
        const { disabled, openType, formType } = this.data
        if (disabled) return
        if (formType) this.triggerEvent(`form${formType}`, {}, { bubbles: true, composed: true })
        for (const kind of openType.split('|').filter(Boolean)) OPEN_TYPES[kind]?.(this)
      })
    },
  },
})

export const form = () => ({ properties: { reportSubmit: Boolean } })
