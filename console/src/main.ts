import 'tdesign-vue-next/es/style/index.css'
// tdesign's own styles come first, so that ours win at equal specificity.
import { registerComponents } from '@/theme/components'

import '@/theme/tokens.css'
import '@/theme/tdesign.css'
import '@/theme/base.css'
import '@/theme/sheet.css'
import '@/theme/dialogs.css'

import { QueryClient, VueQueryPlugin } from '@tanstack/vue-query'
import { createApp, watchEffect } from 'vue'

import { context } from '@/api/client'
import { ProblemError } from '@/api/problem'
import App from '@/App.vue'
import { i18n } from '@/i18n'
import { setTitle } from '@/live/arrivals'
import { unlockSound } from '@/live/sound'
import { router } from '@/router'
import { forget, session, store } from '@/session/session'
import { preferences } from '@/theme/preferences'

const queries = new QueryClient({
  defaultOptions: {
    queries: {
      staleTime: 10_000,
      // Only what may pass by itself is asked again: no answer at all, or "try later".
      retry: (count, error) => count < 2 && error instanceof ProblemError && [0, 502, 503, 504].includes(error.status),
    },
  },
})

context.csrf = () => session.session?.csrf ?? ''
context.language = () => preferences.language
context.offline = () => ({ title: i18n.global.t('error.offlineTitle'), detail: i18n.global.t('error.offline') })
context.signedOut = () => {
  if (session.session === null) return
  const from = router.currentRoute.value.fullPath
  forget()
  queries.clear()
  void router.push({ name: 'sign-in', query: { to: from } })
}

watchEffect(() => {
  const key = router.currentRoute.value.meta.title
  const place = store.value?.name[preferences.language] || store.value?.name.zh || i18n.global.t('shell.name')
  setTitle(key ? `${i18n.global.t(key)} · ${place}` : place)
})
window.addEventListener('pointerdown', unlockSound, { once: true })
window.addEventListener('keydown', unlockSound, { once: true })

const app = createApp(App)
app.use(i18n).use(router).use(VueQueryPlugin, { queryClient: queries })
registerComponents(app)
app.mount('#app')
