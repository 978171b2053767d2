import { appJson } from '../package.js'
import { back, changeTab, push, redirect, relaunch, setTitle, styleTabs, switchTab, topPage } from '../pages.js'
import { succeed } from './answer.js'

const does = (name, work) => (o) => { work(o); return succeed(o, name) }
const tabIndex = (o) => o.index ?? appJson.tabBar.list.findIndex((tab) => tab.pagePath === topPage().path)

export const navigation = {
  navigateTo: does('navigateTo', (o) => push(o.url)),
  redirectTo: does('redirectTo', (o) => redirect(o.url)),
  reLaunch: does('reLaunch', (o) => relaunch(o.url)),
  switchTab: does('switchTab', (o) => switchTab(o.url)),
  navigateBack: does('navigateBack', (o) => back(o?.delta ?? 1)),
  setNavigationBarTitle: does('setNavigationBarTitle', (o) => setTitle(o.title)),
  setNavigationBarColor: does('setNavigationBarColor', (o) => {
    document.documentElement.style.setProperty('--bar', o.backgroundColor)
    document.documentElement.style.setProperty('--bar-text', o.frontColor)
  }),
  setBackgroundColor: does('setBackgroundColor', () => {}),
  setTabBarStyle: does('setTabBarStyle', (o) => styleTabs(o)),
  setTabBarItem: does('setTabBarItem', ({ text, iconPath, selectedIconPath, ...o }) =>
    changeTab(tabIndex(o), Object.fromEntries(Object.entries({ text, iconPath, selectedIconPath }).filter(([, value]) => value)))),
  setTabBarBadge: does('setTabBarBadge', (o) => changeTab(tabIndex(o), { badge: o.text })),
  removeTabBarBadge: does('removeTabBarBadge', (o) => changeTab(tabIndex(o), { badge: '' })),
  pageScrollTo: does('pageScrollTo', (o) => { topPage().view.scrollTop = o.scrollTop ?? 0 }),
  stopPullDownRefresh: does('stopPullDownRefresh', () => {}),
  startPullDownRefresh: does('startPullDownRefresh', () => topPage().caller.onPullDownRefresh?.()),
}
