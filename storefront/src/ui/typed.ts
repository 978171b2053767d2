/** What was typed: uni-app puts the text of an input into `detail`, on every platform. */
export function typed(event: Event): string {
  return (event as unknown as { detail: { value: string } }).detail.value
}
