import { settle } from './answer.js'

function read(key) {
  const text = localStorage.getItem(key)
  return text === null ? '' : JSON.parse(text)
}

export const storage = {
  getStorageSync: read,
  setStorageSync: (key, value) => localStorage.setItem(key, JSON.stringify(value)),
  removeStorageSync: (key) => localStorage.removeItem(key),
  clearStorageSync: () => localStorage.clear(),
  getStorageInfoSync: () => ({ keys: Object.keys(localStorage), currentSize: 0, limitSize: 10240 }),
  getStorage: (o) => settle(o, 'getStorage', async () => {
    if (localStorage.getItem(o.key) === null) throw new Error('data not found')
    return { data: read(o.key) }
  }),
  setStorage: (o) => settle(o, 'setStorage', async () => localStorage.setItem(o.key, JSON.stringify(o.data))),
  removeStorage: (o) => settle(o, 'removeStorage', async () => localStorage.removeItem(o.key)),
}
