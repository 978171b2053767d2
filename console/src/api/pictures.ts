import { api, fileBody, unwrap } from './client'
import type { Picture } from './types'

/** What the server decodes and re-encodes; it refuses more than 10 MB. */
export const PICTURE_TYPES = ['image/jpeg', 'image/png', 'image/webp', 'image/gif', 'image/avif']
export const PICTURE_BYTES = 10 * 1024 * 1024

export function pictureFits(file: Pick<File, 'type' | 'size'>): boolean {
  return PICTURE_TYPES.includes(file.type) && file.size <= PICTURE_BYTES
}

/** Uploads one picture of a store; throws ProblemError when the server cannot read it. */
export function uploadPicture(store: string, file: File): Promise<Picture> {
  return unwrap(
    api.POST('/api/console/stores/{store_id}/pictures', { params: { path: { store_id: store } }, ...fileBody(file) }),
  )
}
