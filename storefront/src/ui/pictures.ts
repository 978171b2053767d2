// 3-D pictures from @lobehub/fluent-emoji-3d (MIT, see src/assets/pic/LICENSE), resized to 192 px.
import addressEmpty from '@/assets/pic/address-empty.webp'
import bag from '@/assets/pic/bag.webp'
import bell from '@/assets/pic/bell.webp'
import box from '@/assets/pic/box.webp'
import cancelled from '@/assets/pic/cancelled.webp'
import cartEmpty from '@/assets/pic/cart-empty.webp'
import check from '@/assets/pic/check.webp'
import cook from '@/assets/pic/cook.webp'
import hello from '@/assets/pic/hello.webp'
import hourglass from '@/assets/pic/hourglass.webp'
import money from '@/assets/pic/money.webp'
import offline from '@/assets/pic/offline.webp'
import ordersEmpty from '@/assets/pic/orders-empty.webp'
import privacy from '@/assets/pic/privacy.webp'
import scooter from '@/assets/pic/scooter.webp'
import searchEmpty from '@/assets/pic/search-empty.webp'
import storeClosed from '@/assets/pic/store-closed.webp'
import truck from '@/assets/pic/truck.webp'

export const pictures = {
  addressEmpty, bag, bell, box, cancelled, cartEmpty, check, cook, hello, hourglass, money, offline, ordersEmpty, privacy, scooter,
  searchEmpty, storeClosed, truck,
}
export type PictureName = keyof typeof pictures
