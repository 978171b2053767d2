/** A waybill number as it is sent and kept: people copy it with blanks and in small letters. */
export function plainWaybill(typed: string): string {
  return typed.replace(/\s/g, '').toUpperCase()
}

/** The key of what is wrong with what was typed, '' when nothing is; an empty field is wrong once it was `tried`. */
export function waybillProblem(typed: string, tried: boolean): '' | 'error.required' | 'ship.waybillWrong' {
  const plain = plainWaybill(typed)
  if (plain === '') return tried ? 'error.required' : ''
  return /^[0-9A-Z-]{6,40}$/.test(plain) ? '' : 'ship.waybillWrong'
}
