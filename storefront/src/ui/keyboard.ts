/** On H5 a `view` with role="button" is a plain element: Enter and the space bar must press it as they press a button. */
export function openKeyboardWay(): void {
  document.addEventListener('keydown', (event) => {
    const target = event.target as HTMLElement | null
    if ((event.key !== 'Enter' && event.key !== ' ') || event.isComposing || !target) return
    if (!/^(button|checkbox|radio|tab|switch|link)$/.test(target.getAttribute('role') ?? '')) return
    event.preventDefault()
    target.click()
  })
}
