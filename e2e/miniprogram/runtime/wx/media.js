// Pictures: what the person takes becomes a temporary file, which is sent from here.
import { settle } from './answer.js'
import { choose } from './dialogs.js'

/** A photo as a phone takes it. */
function photo() {
  const canvas = new OffscreenCanvas(900, 700)
  const drawing = canvas.getContext('2d')
  drawing.fillStyle = '#8a5a3c'
  drawing.fillRect(0, 0, 900, 700)
  return canvas.convertToBlob({ type: 'image/jpeg' })
}

async function chooseMedia() {
  const choice = await choose('照片', [['take', '拍一张'], ['cancel', '取消']], 'media')
  if (choice === 'cancel') throw new Error('cancel')
  const taken = await photo()
  return { type: 'image', tempFiles: [{ tempFilePath: URL.createObjectURL(taken), size: taken.size, fileType: 'image' }] }
}

async function send(o, progress) {
  const file = await (await fetch(o.filePath)).blob()
  const form = new FormData()
  for (const [key, value] of Object.entries(o.formData ?? {})) form.append(key, value)
  form.append(o.name, file, 'photo.jpg')
  progress.forEach((listener) => listener({ progress: 50, totalBytesSent: file.size / 2, totalBytesExpectedToSend: file.size }))
  const answer = await fetch(o.url, { method: 'POST', headers: o.header, body: form, signal: AbortSignal.timeout(o.timeout ?? 60_000) })
  return { statusCode: answer.status, data: await answer.text() }
}

export const media = {
  chooseMedia: (o) => settle(o, 'chooseMedia', chooseMedia),
  uploadFile(o) {
    const progress = []
    settle({ fail() {}, ...o }, 'uploadFile', () => send(o, progress))
    return { onProgressUpdate: (listener) => progress.push(listener), offProgressUpdate() {}, abort() {} }
  },
}
