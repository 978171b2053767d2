import { ref } from 'vue'
import { uploadReturnPicture } from '@/api/returns'
import type { Uuid } from '@/api/types'
import { t } from '@/i18n'
import { MOST_PICTURES, type Upload } from '@/logic/returns'
import { sentence, useNotice } from '@/stores/notice'

const MOST_BYTES = 10 * 1024 * 1024

/** Pictures of an order on their way to the server: chosen, sent with progress, sent again, taken away. */
export function useUploads(where: () => { store: Uuid; order: Uuid }) {
  const uploads = ref<Upload[]>([])
  const notice = useNotice()
  let serial = 0

  const change = (key: number, to: Partial<Upload>) => { uploads.value = uploads.value.map((one) => (one.key === key ? { ...one, ...to } : one)) }
  async function send(key: number): Promise<void> {
    const one = uploads.value.find((each) => each.key === key)
    if (!one) return
    change(key, { failed: false, percent: 0 })
    try {
      const { store, order } = where()
      change(key, { picture: await uploadReturnPicture(store, order, one.file, (percent) => change(key, { percent: Math.min(percent, 99) })), percent: 100 })
    } catch (error) {
      change(key, { failed: true })
      notice.say(sentence(error))
    }
  }
  function taken(files: { path: string; size: number }[]): void {
    if (files.some((file) => file.size > MOST_BYTES)) notice.say(t('returns.picture.big'))
    for (const file of files.filter((each) => each.size <= MOST_BYTES).slice(0, MOST_PICTURES - uploads.value.length)) {
      const key = ++serial
      uploads.value = [...uploads.value, { key, file: file.path, percent: 0, failed: false, picture: null }]
      void send(key)
    }
  }
  function choose(): void {
    const count = MOST_PICTURES - uploads.value.length
    // #ifdef MP-WEIXIN
    uni.chooseMedia({ count, mediaType: ['image'], sizeType: ['compressed'], success: (found) => taken(found.tempFiles.map((file) => ({ path: file.tempFilePath, size: file.size }))) })
    // #endif
    // #ifndef MP-WEIXIN
    uni.chooseImage({ count, sizeType: ['compressed'], success: (found) => {
      const files = found.tempFiles as unknown as { size: number }[]
      taken((found.tempFilePaths as string[]).map((path, at) => ({ path, size: files[at]?.size ?? 0 })))
    } })
    // #endif
  }
  const remove = (key: number) => { uploads.value = uploads.value.filter((one) => one.key !== key) }
  const clear = () => { uploads.value = [] }
  return { uploads, choose, send, remove, clear }
}
