import { offAppShow, onAppShow } from './appshow.js'
import { options } from '../package.js'
import { settle, succeed } from './answer.js'

const STATUS_BAR = 20
const system = () => ({
  windowWidth: innerWidth,
  windowHeight: innerHeight - 44,
  screenWidth: innerWidth,
  screenHeight: innerHeight,
  pixelRatio: devicePixelRatio,
  statusBarHeight: STATUS_BAR,
  platform: 'devtools',
  system: 'iOS 18.0',
  SDKVersion: '3.8.12',
  version: '8.0.50',
  brand: 'runner',
  model: 'runner',
  language: options.language,
  theme: options.theme,
  fontSizeSetting: 16 * options.fontScale,
  fontSizeScaleFactor: options.fontScale,
  hostName: 'WeChat',
  host: { env: 'WeChat' },
  safeArea: { top: STATUS_BAR, left: 0, right: innerWidth, bottom: innerHeight, width: innerWidth, height: innerHeight - STATUS_BAR },
})
const themeListeners = []
matchMedia('(prefers-color-scheme: dark)').addEventListener('change', (event) => {
  options.theme = event.matches ? 'dark' : 'light'
  for (const listener of themeListeners) listener({ theme: options.theme })
})
const nothing = () => {}

export const device = {
  getSystemInfoSync: system,
  getWindowInfo: system,
  getAppBaseInfo: system,
  getDeviceInfo: system,
  getSystemInfo: (o) => succeed(o, 'getSystemInfo', system()),
  getSystemSetting: () => ({ bluetoothEnabled: false, locationEnabled: true, wifiEnabled: true }),
  getAppAuthorizeSetting: () => ({}),
  getMenuButtonBoundingClientRect: () => ({ top: 24, bottom: 56, left: innerWidth - 94, right: innerWidth - 7, width: 87, height: 32 }),
  nextTick: (work) => Promise.resolve().then(work),
  vibrateShort: (o) => succeed(o, 'vibrateShort'),
  vibrateLong: (o) => succeed(o, 'vibrateLong'),
  makePhoneCall: (o) => succeed(o, 'makePhoneCall'),
  openLocation: (o) => succeed(o, 'openLocation'),
  previewImage: (o) => succeed(o, 'previewImage'),
  setClipboardData: (o) => settle(o, 'setClipboardData', async () => { window.__clipboard = o.data }),
  setKeepScreenOn: (o) => succeed(o, 'setKeepScreenOn'),
  hideKeyboard: (o) => succeed(o, 'hideKeyboard'),
  onAppShow,
  onAppHide: nothing,
  onError: nothing,
  onUnhandledRejection: nothing,
  onPageNotFound: nothing,
  offAppShow,
  offAppHide: nothing,
  onThemeChange: (listener) => themeListeners.push(listener),
  offThemeChange: nothing,
  onWindowResize: nothing,
  offWindowResize: nothing,
  onKeyboardHeightChange: nothing,
  offKeyboardHeightChange: nothing,
  onMemoryWarning: nothing,
}
