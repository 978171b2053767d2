import { onMounted, onUnmounted, ref, type Ref } from 'vue'

/** The phone's clock (ms since the epoch), moving on every second while the component is there. */
export function useTicking(): Ref<number> {
  const now = ref(Date.now())
  let timer: ReturnType<typeof setInterval> | undefined
  onMounted(() => { timer = setInterval(() => { now.value = Date.now() }, 1000) })
  onUnmounted(() => clearInterval(timer))
  return now
}
