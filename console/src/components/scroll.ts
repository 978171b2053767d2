// Where a form takes one after it was not accepted.
import { nextTick } from 'vue'

/** To the first field that is wrong, once it says so. */
export async function toFirstProblem(): Promise<void> {
  await nextTick()
  document.querySelector('.problem')?.scrollIntoView({ block: 'center', behavior: 'smooth' })
}

/** To the note above the form. */
export function toTop(): void {
  window.scrollTo({ top: 0, behavior: 'smooth' })
}
