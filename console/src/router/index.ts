import { createRouter, createWebHistory, type RouteRecordRaw } from 'vue-router'

import { loadSession, session } from '@/session/session'

declare module 'vue-router' {
  interface RouteMeta {
    /** The key of the page's name, for the document's title. */
    title?: string
    public?: boolean
    /** Who lacks this permission in the store is told so instead of the page. */
    needs?: string
  }
}

const pages: RouteRecordRaw[] = [
  { path: '', name: 'dashboard', component: () => import('@/pages/dashboard/DashboardPage.vue'), meta: { title: 'nav.dashboard' } },
  { path: 'board', name: 'board', component: () => import('@/pages/board/BoardPage.vue'), meta: { title: 'nav.board' } },
  { path: 'orders', name: 'orders', component: () => import('@/pages/orders/OrdersPage.vue'), meta: { title: 'nav.orders' } },
  { path: 'orders/:id', name: 'order', component: () => import('@/pages/orders/OrderPage.vue'), props: true, meta: { title: 'nav.orders' } },
  { path: 'returns', name: 'returns', component: () => import('@/pages/returns/ReturnsPage.vue'), meta: { title: 'nav.returns' } },
  { path: 'returns/rules', name: 'return-rules', component: () => import('@/pages/returns/ReturnRulesPage.vue'), meta: { title: 'returns.rules' } },
  { path: 'returns/:id', name: 'return', component: () => import('@/pages/returns/ReturnPage.vue'), props: true, meta: { title: 'nav.returns' } },
  { path: 'appeals', name: 'appeals', component: () => import('@/pages/returns/AppealsPage.vue'), meta: { title: 'returns.appeals', needs: 'appeals.decide' } },
  { path: 'shipping', name: 'shipping', component: () => import('@/pages/shipping/BatchPage.vue'), meta: { title: 'nav.shipping' } },
  { path: 'shipping/reports', name: 'shipping-reports', component: () => import('@/pages/shipping/ReportsPage.vue'), meta: { title: 'nav.shipping' } },
  { path: 'products', name: 'products', component: () => import('@/pages/products/ProductsPage.vue'), meta: { title: 'nav.products' } },
  { path: 'products/new', name: 'product-new', component: () => import('@/pages/products/ProductPage.vue'), meta: { title: 'nav.products' } },
  { path: 'products/:id', name: 'product', component: () => import('@/pages/products/ProductPage.vue'), props: true, meta: { title: 'nav.products' } },
  { path: 'categories', name: 'categories', component: () => import('@/pages/categories/CategoriesPage.vue'), meta: { title: 'nav.categories' } },
  { path: 'import', name: 'import', component: () => import('@/pages/imports/ImportPage.vue'), meta: { title: 'nav.import' } },
  { path: 'stock', name: 'stock', component: () => import('@/pages/stock/StockPage.vue'), meta: { title: 'nav.stock' } },
  { path: 'flash', name: 'flash', component: () => import('@/pages/flash/FlashSalesPage.vue'), meta: { title: 'nav.flash' } },
  { path: 'flash/new', name: 'flash-new', component: () => import('@/pages/flash/FlashSalePage.vue'), meta: { title: 'nav.flash' } },
  { path: 'flash/:id', name: 'flash-sale', component: () => import('@/pages/flash/FlashSalePage.vue'), props: true, meta: { title: 'nav.flash' } },
  { path: 'flash/:id/figures', name: 'flash-figures', component: () => import('@/pages/flash/FlashFiguresPage.vue'), props: true, meta: { title: 'nav.flash' } },
  { path: 'money', name: 'money', component: () => import('@/pages/money/AccountsPage.vue'), meta: { title: 'nav.money', needs: 'money.read' } },
  { path: 'money/entries', name: 'money-entries', component: () => import('@/pages/money/EntriesPage.vue'), meta: { title: 'nav.money', needs: 'money.read' } },
  { path: 'money/trial-balance', name: 'money-trial', component: () => import('@/pages/money/TrialPage.vue'), meta: { title: 'nav.money', needs: 'money.read' } },
  { path: 'money/bills', name: 'money-bills', component: () => import('@/pages/money/BillsPage.vue'), meta: { title: 'nav.money', needs: 'money.read' } },
  { path: 'money/differences', name: 'money-differences', component: () => import('@/pages/money/DifferencesPage.vue'), meta: { title: 'nav.money', needs: 'money.read' } },
  { path: 'money/inbox', name: 'money-inbox', component: () => import('@/pages/money/InboxPage.vue'), meta: { title: 'nav.money', needs: 'money.read' } },
  { path: 'money/refusals', name: 'money-refusals', component: () => import('@/pages/money/RefusalsPage.vue'), meta: { title: 'nav.money', needs: 'money.read' } },
  { path: 'platform', name: 'platform', component: () => import('@/pages/money/AccountsPage.vue'), meta: { title: 'nav.platform', needs: 'platform.read' } },
  { path: 'platform/entries', name: 'platform-entries', component: () => import('@/pages/money/EntriesPage.vue'), meta: { title: 'nav.platform', needs: 'platform.read' } },
  { path: 'platform/trial-balance', name: 'platform-trial', component: () => import('@/pages/money/TrialPage.vue'), meta: { title: 'nav.platform', needs: 'platform.read' } },
  { path: 'search', name: 'searching', component: () => import('@/pages/search/SearchTermsPage.vue'), meta: { title: 'nav.searching' } },
  { path: 'search/words', name: 'searching-words', component: () => import('@/pages/search/SearchWordsPage.vue'), meta: { title: 'nav.searching' } },
  { path: 'settlement', name: 'settlement', component: () => import('@/pages/settlement/RulesPage.vue'), meta: { title: 'nav.settlement' } },
  { path: 'settlement/splits', name: 'settlement-splits', component: () => import('@/pages/settlement/SplitsPage.vue'), meta: { title: 'nav.settlement' } },
  { path: 'settlement/withdrawals', name: 'settlement-withdrawals', component: () => import('@/pages/settlement/WithdrawalsPage.vue'), meta: { title: 'nav.settlement' } },
  { path: 'settlement/statement', name: 'settlement-statement', component: () => import('@/pages/settlement/StatementPage.vue'), meta: { title: 'nav.settlement' } },
  { path: 'settings', name: 'settings', component: () => import('@/pages/settings/SettingsPage.vue'), meta: { title: 'nav.settings' } },
  { path: 'settings/applyment', name: 'applyment', component: () => import('@/pages/settings/applyment/ApplymentPage.vue'), meta: { title: 'applyment.title', needs: 'settings.write' } },
  { path: 'jobs', name: 'jobs', component: () => import('@/pages/jobs/JobsPage.vue'), meta: { title: 'nav.jobs' } },
  { path: 'account', name: 'account', component: () => import('@/pages/account/AccountPage.vue'), meta: { title: 'nav.account' } },
  { path: ':rest(.*)*', name: 'missing', component: () => import('@/pages/MissingPage.vue'), meta: { title: 'error.notFound' } },
]

export const router = createRouter({
  history: createWebHistory(),
  scrollBehavior: (_to, _from, saved) => saved ?? { top: 0 },
  routes: [
    { path: '/sign-in', name: 'sign-in', component: () => import('@/pages/account/SignInPage.vue'), meta: { public: true, title: 'signIn.title' } },
    { path: '/first-password', name: 'first-password', component: () => import('@/pages/account/FirstPasswordPage.vue'), meta: { title: 'signIn.firstTitle' } },
    { path: '/', component: () => import('@/layout/AppShell.vue'), children: pages },
  ],
})

router.beforeEach(async (to) => {
  await loadSession()
  const staff = session.session?.staff
  if (!staff) return to.meta.public ? true : { name: 'sign-in', query: to.fullPath === '/' ? {} : { to: to.fullPath } }
  if (staff.must_change_password) return to.name === 'first-password' ? true : { name: 'first-password' }
  if (to.meta.public || to.name === 'first-password') return { name: 'dashboard' }
  return true
})

/** An address inside the console to go on to after signing in; anything else is refused. */
export function onward(wanted: unknown): string {
  return typeof wanted === 'string' && /^\/(?![/\\])/.test(wanted) ? wanted : '/'
}
