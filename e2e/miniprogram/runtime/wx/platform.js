// What only the platform can do: sign in, pay, ask for consent. The sandbox stands behind it.
import { appJson, options } from '../package.js'
import { choose } from './dialogs.js'
import { settle, succeed } from './answer.js'
import { askSandbox } from './sandbox.js'

let privacyAgreed = sessionStorage.getItem('__privacy') === '1'
let askPrivacy = null
const PERSONAL = 'personal interface'

/** Personal interfaces wait for consent (base library ≥ 2.32.3): the page is asked through onNeedPrivacyAuthorization. */
function withPrivacy(name, work) {
  if (privacyAgreed || !askPrivacy) return work()
  return new Promise((done, refuse) => {
    askPrivacy((decision) => {
      if (decision.event === 'agree') { agreePrivacy(); done(work()) }
      if (decision.event === 'disagree') refuse(Object.assign(new Error('privacy permission is not authorized'), { extra: { errno: 104 } }))
    }, { referrer: name })
  })
}

function agreePrivacy() {
  privacyAgreed = true
  sessionStorage.setItem('__privacy', '1')
}
window.__privacyAgreed = agreePrivacy

/** Location interfaces fail unless app.json names them in requiredPrivateInfos (platform rule since 2022-07-14). */
function declared(name, work) {
  if (appJson.requiredPrivateInfos?.includes(name)) return work()
  return Promise.reject(new Error('the api need to be declared in the requiredPrivateInfos field in app.json/ext.json'))
}

/** The platform's map: a name, an address and a place in GCJ-02. No leave to measure the position is asked for. */
async function pickOnMap() {
  const choice = await choose('选择位置', [['take', '复兴公园'], ['cancel', '取消']], 'map')
  if (choice === 'cancel') throw new Error('cancel')
  return { name: '复兴公园', address: '上海市黄浦区雁荡路 105 号', latitude: 31.218, longitude: 121.4705 }
}

async function pay(request) {
  const { appId = options.appid, timeStamp, nonceStr, signType, paySign } = request
  const opened = await askSandbox('/_sandbox/jsapi-pay', { appId, timeStamp, nonceStr, package: request.package, signType, paySign })
  const prepayId = opened.prepay_id ?? request.package.replace('prepay_id=', '')
  const choice = await choose('微信支付', [['pay', '确认支付'], ['cancel', '取消']], 'cashier')
  if (choice === 'pay') await askSandbox(`/_sandbox/cashier/${prepayId}/approve`, {})
  else {
    await askSandbox(`/_sandbox/cashier/${prepayId}/cancel`, {})
    throw new Error('cancel')
  }
  return {}
}

/** The platform's page that confirms a transfer; the sandbox refuses one that is not this merchant's or over. */
async function receive({ mchId, appId = options.appid, package: packageInfo }) {
  await askSandbox('/_sandbox/merchant-transfer', { mchId, appId, package: packageInfo })
  const choice = await choose('确认收款', [['receive', '确认收款'], ['cancel', '取消']], 'transfer')
  if (choice === 'cancel') throw new Error('cancel')
  await askSandbox(`/_sandbox/transfers/${encodeURIComponent(packageInfo)}/confirm`, {})
  return {}
}

export const platform = {
  login: (o) => settle(o, 'login', async () => ({ code: (await askSandbox('/_sandbox/login-code', { appid: options.appid, user: options.user })).code })),
  checkSession: (o) => succeed(o, 'checkSession'),
  requestPayment: (o) => settle(o, 'requestPayment', () => pay(o)),
  requestMerchantTransfer: (o) => settle(o, 'requestMerchantTransfer', () => receive(o)),
  requestSubscribeMessage: (o) =>
    settle(o, 'requestSubscribeMessage', async () => {
      const choice = await choose('订阅消息', [['accept', '允许'], ['reject', '拒绝']], 'subscribe')
      if (choice === 'accept') await askSandbox('/_sandbox/consents', { appid: options.appid, user: options.user, template_ids: o.tmplIds })
      return Object.fromEntries(o.tmplIds.map((id) => [id, choice]))
    }),
  getPrivacySetting: (o) => succeed(o, 'getPrivacySetting', { needAuthorization: !privacyAgreed, privacyContractName: PERSONAL }),
  onNeedPrivacyAuthorization: (listener) => { askPrivacy = listener },
  requirePrivacyAuthorize: (o) => settle(o, 'requirePrivacyAuthorize', () => withPrivacy('requirePrivacyAuthorize', async () => ({}))),
  openPrivacyContract: (o) => succeed(o, 'openPrivacyContract'),
  chooseAddress: (o) =>
    settle(o, 'chooseAddress', () =>
      withPrivacy('chooseAddress', async () => ({
        userName: '林小满', telNumber: '13812345678', provinceName: '上海市', cityName: '上海市', countyName: '徐汇区', streetName: '天平路街道', detailInfo: '衡山路 10 号 3 单元 501', nationalCode: '310104', postalCode: '200030',
      }))),
  chooseLocation: (o) => settle(o, 'chooseLocation', () => declared('chooseLocation', () => withPrivacy('chooseLocation', pickOnMap))),
  getLocation: (o) => settle(o, 'getLocation', () => withPrivacy('getLocation', async () => ({ latitude: 31.2079, longitude: 121.4466, accuracy: 30 }))),
  getAccountInfoSync: () => ({ miniProgram: { appId: options.appid, envVersion: 'develop', version: '' } }),
  getUpdateManager: () => ({ onCheckForUpdate() {}, onUpdateReady() {}, onUpdateFailed() {}, applyUpdate() {} }),
  showShareMenu: (o) => succeed(o, 'showShareMenu'),
}
