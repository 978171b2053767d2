import type { Address, AddressInput } from '@/api/types'

/** "138 0013 8000" for reading, without the country code of a mainland number. */
export function shownPhone(phone: string): string {
  return phone.replace(/^\+86/, '').replace(/^(\d{3})(\d{4})(\d{4})$/, '$1 $2 $3')
}

export type AddressField = 'recipient' | 'phone' | 'region_code' | 'detail'

/** A mainland mobile number, with or without +86, blanks and hyphens; answers the 11 digits or ''. */
export function mobile(text: string): string {
  const digits = text.replace(/[\s-]/g, '').replace(/^(\+?86)(?=1)/, '')
  return /^1[3-9]\d{9}$/.test(digits) ? digits : ''
}

/** The key of the sentence that says how to put a field right, or '' when it is right. */
export function addressFault(field: AddressField, address: AddressInput): string {
  switch (field) {
    case 'recipient':
      return address.recipient.trim() ? (address.recipient.trim().length > 30 ? 'address.fault.nameLong' : '') : 'address.fault.name'
    case 'phone':
      if (/\*/.test(address.phone)) return ''
      return mobile(address.phone) ? '' : address.phone.trim() ? 'address.fault.phoneShape' : 'address.fault.phone'
    case 'region_code':
      return address.region_code ? '' : 'address.fault.region'
    case 'detail':
      return address.detail.trim().length >= 3 ? '' : 'address.fault.detail'
  }
}

export const ADDRESS_FIELDS: AddressField[] = ['recipient', 'phone', 'region_code', 'detail']

export function emptyAddress(): AddressInput {
  return {
    recipient: '', phone: '', region_code: '', province: '', city: '', district: '', street: '', detail: '',
    lat: null, lng: null, tag: '', is_default: false,
  }
}

/** A kept address as it is sent back to be changed. */
export function addressInput(address: Address): AddressInput {
  const { recipient, phone, region_code, province, city, district, street, detail, lat, lng, tag, is_default } = address
  return { recipient, phone: mobile(phone) || phone, region_code, province, city, district, street, detail, lat, lng, tag, is_default }
}

/** "浙江省杭州市西湖区北山街道", without naming a municipality twice. */
export function regionText(address: Pick<AddressInput, 'province' | 'city' | 'district' | 'street'>): string {
  const city = address.city === address.province || address.city === '市辖区' ? '' : address.city
  return [address.province, city, address.district, address.street].filter(Boolean).join(' ')
}
