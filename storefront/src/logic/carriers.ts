// Telling the carrier from a waybill number while it is typed. Only numbers with a carrier's own letters are certain; what
// the server makes of the others it says itself (src/zhanggui/fulfillment/recognise.py).
const CERTAIN: [RegExp, string][] = [
  [/^SF\d{12,13}$/, 'SF'], [/^YT\d{13}$/, 'YTO'], [/^JT\d{13}$/, 'JTSD'], [/^JD[0-9A-Z]{1,2}\d{11,12}$/, 'JD'], [/^DPK\d{12}$/, 'DBL'], [/^P[A-Z]\d{11}$/, 'YZPY'],
  [/^77\d{13}$/, 'STO'], [/^46\d{13}$/, 'YD'], [/^6[12]1\d{12}$/, 'DNWL'], [/^7[3-68]\d{12}$/, 'ZTO'], [/^9\d{12}$/, 'YZPY'],
]
export const CARRIERS = ['SF', 'ZTO', 'YTO', 'STO', 'YD', 'JTSD', 'JD', 'EMS', 'YZPY', 'DBL', 'DNWL']

/** What was typed, pasted or scanned, as carriers write it: no blanks, capitals. */
export function tidyWaybill(typed: string): string {
  return typed.replace(/[\s\u200b\ufeff]+/g, '').toUpperCase()
}

/** The carrier's code if the number can only be its own, otherwise ''. */
export function carrierOf(waybill: string): string {
  return CERTAIN.find(([shape]) => shape.test(waybill))?.[1] ?? ''
}

/** The key of what is wrong with a waybill number, '' when nothing is. */
export function waybillFault(waybill: string): string {
  if (waybill && !/^[0-9A-Z-]+$/.test(waybill)) return 'returns.waybillLetters'
  return waybill.length < 6 ? 'returns.waybillShort' : ''
}
