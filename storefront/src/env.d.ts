/// <reference types="@dcloudio/types" />
declare module '*.vue' {
  import type { DefineComponent } from 'vue'
  const component: DefineComponent<Record<string, unknown>, Record<string, unknown>, unknown>
  export default component
}
declare module '*.webp' {
  const address: string
  export default address
}
interface Window {
  /** Answers that index.html asked for before this program was loaded, by path. */
  __early?: Record<string, Promise<unknown> | undefined>
}
