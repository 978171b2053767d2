import { createSSRApp } from 'vue'
import { createPinia } from 'pinia'
import App from './App.vue'
import { i18n } from './i18n'
// #ifdef H5
import { openKeyboardWay } from './ui/keyboard'
// #endif

export function createApp() {
  const app = createSSRApp(App)
  app.use(createPinia())
  app.use(i18n)
  // #ifdef H5
  openKeyboardWay()
  // #endif
  return { app }
}
