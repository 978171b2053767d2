import { onBeforeUnmount, ref, type Ref } from 'vue'

/** The present in ms, turning every `every` ms while the component lives. */
export function useNow(every = 15_000): Readonly<Ref<number>> {
  const now = ref(Date.now())
  const timer = window.setInterval(() => (now.value = Date.now()), every)
  onBeforeUnmount(() => window.clearInterval(timer))
  return now
}
