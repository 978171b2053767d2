import uniPlugin from '@dcloudio/vite-plugin-uni'
import { fileURLToPath } from 'node:url'
import { defineConfig } from 'vite'

// The plugin is CommonJS: depending on the loader its function sits on `default`.
const uni = (uniPlugin as unknown as { default?: typeof uniPlugin }).default ?? uniPlugin
const apiOrigin = process.env.ZHANGGUI_DEV_API ?? 'http://127.0.0.1:8000'

export default defineConfig({
  base: './',
  plugins: [uni()],
  resolve: {
    alias: {
      '@': fileURLToPath(new URL('./src', import.meta.url)),
      // Messages are interpolated by our own function (src/i18n): the mini-program forbids `new Function`.
      'vue-i18n': 'vue-i18n/dist/vue-i18n.runtime.esm-bundler.js',
    },
  },
  define: { __VUE_I18N_LEGACY_API__: false, __VUE_I18N_FULL_INSTALL__: false, __INTLIFY_PROD_DEVTOOLS__: false },
  build: {
    cssCodeSplit: false,
    target: 'es2018',
    assetsInlineLimit: 0,
    // Over HTTP/1.1 twenty small files wait for each other: small ones are merged (bytes, before minification).
    ...(process.env.UNI_PLATFORM === 'h5' && { rollupOptions: { output: { experimentalMinChunkSize: 60_000 } } }),
  },
  server: { proxy: { '/api': { target: apiOrigin, ws: true }, '/media': apiOrigin } },
})
