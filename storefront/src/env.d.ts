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

/** The parts of WeChat's own API that uni-app's types leave out. Each is absent on older base libraries. */
declare const wx: {
  requirePrivacyAuthorize?: (options: { success: () => void; fail: () => void }) => void
  onNeedPrivacyAuthorization?: (ask: (resolve: (result: { event: string; buttonId?: string }) => void) => void) => void
  requestSubscribeMessage?: (options: { tmplIds: string[]; success: (given: unknown) => void; fail: () => void }) => void
}
declare const process: { env: { UNI_PLATFORM: string; NODE_ENV: string } }
