// The stack of pages, the title bar and the tab bar.
import { appJson, options, tabPaths, themed, windowOf } from './package.js'
import { registerComponent } from './modules.js'
import { backend, space } from './space.js'

const REACH_BOTTOM = 50
const stack = []
const badges = {}
const tabItems = {}
let tabStyle = {}
const byId = (id) => document.getElementById(id)

window.getCurrentPages = () => stack.map((page) => page.caller)

export const topPage = () => stack.at(-1)

function split(url) {
  if (url.startsWith('.')) url = `/${topPage().path.split('/').slice(0, -1).join('/')}/${url}`
  const [path, search] = new URL(url, 'mp://package/').href.slice('mp://package/'.length).split('?')
  const query = Object.fromEntries([...new URLSearchParams(search ?? '')].map(([k, v]) => [k, encodeURIComponent(v)]))
  return { path, query }
}

export function push(url) {
  const { path, query } = split(url)
  topPage()?.caller.onHide?.()
  registerComponent(path)
  const frame = document.createElement('section')
  const look = windowOf(path)
  frame.className = ['wx-frame', tabPaths.includes(path) && 'tab', look.navigationStyle === 'custom' && 'custom'].filter(Boolean).join(' ')
  const view = document.createElement('div')
  view.className = look.disableScroll ? 'wx-page fixed' : 'wx-page'
  view.style.backgroundColor = themed(look.backgroundColor) ?? ''
  const anchor = document.createElement('div')
  view.append(anchor)
  frame.append(view)
  byId('stack').append(frame)
  frame.style.setProperty('--vh', `${frame.clientHeight / 100}px`)
  const root = backend.createRoot('wx-page-root', space, `/${path}`)
  const caller = root.get()
  caller.route = caller.__route__ = path
  caller.is ??= path
  caller.options = query
  const page = { path, frame, view, root, caller }
  stack.push(page)
  root.attach(view, anchor)
  caller.onLoad?.(Object.fromEntries(Object.entries(query).map(([k, v]) => [k, decodeURIComponent(v)])))
  show()
  caller.onReady?.()
  view.addEventListener('scroll', () => scrolled(page, look))
}

function scrolled(page, look) {
  const { view, caller } = page
  caller.onPageScroll?.({ scrollTop: view.scrollTop })
  const near = view.scrollTop + view.clientHeight > view.scrollHeight - (look.onReachBottomDistance ?? REACH_BOTTOM)
  if (near && !page.atBottom) caller.onReachBottom?.()
  page.atBottom = near
}

function pop() {
  const page = stack.pop()
  page.caller.onUnload?.()
  page.root.release()
  page.frame.remove()
}

export function back(delta = 1) {
  for (let i = 0; i < delta && stack.length > 1; i += 1) pop()
  show()
}

export function redirect(url) {
  pop()
  push(url)
}

/** Tab pages live on; the platform keeps them, so that coming back finds them as they were left. */
export function switchTab(url) {
  const { path } = split(url)
  const kept = stack.find((page) => page.path === path)
  if (topPage()?.path === path) return
  topPage()?.caller.onHide?.()
  while (stack.length && !tabPaths.includes(topPage().path)) pop()
  if (!kept) {
    push(url)
    return
  }
  stack.splice(stack.indexOf(kept), 1)
  stack.push(kept)
  show()
}

export function relaunch(url) {
  while (stack.length) pop()
  push(url)
}

function show() {
  const page = topPage()
  for (const other of stack) other.frame.style.display = other === page ? '' : 'none'
  const look = windowOf(page.path)
  byId('bar').style.display = look.navigationStyle === 'custom' ? 'none' : ''
  document.documentElement.style.setProperty('--bar', themed(look.navigationBarBackgroundColor) || '#fff')
  document.documentElement.style.setProperty('--bar-text', themed(look.navigationBarTextStyle) || 'black')
  setTitle(page.title ?? look.navigationBarTitleText ?? '')
  byId('back').style.display = stack.length > 1 && !tabPaths.includes(page.path) ? '' : 'none'
  drawTabs()
  page.caller.onShow?.()
}

export function setTitle(text) {
  if (topPage()) topPage().title = text
  byId('title').textContent = text
}

export function changeTab(index, change) {
  if ('badge' in change) badges[index] = change.badge
  else tabItems[index] = { ...tabItems[index], ...change }
  drawTabs()
}

export function styleTabs(style) {
  tabStyle = { ...tabStyle, ...style }
  drawTabs()
}

function drawTabs() {
  const bar = byId('tabs')
  const active = topPage()?.path
  bar.style.display = tabPaths.includes(active) ? '' : 'none'
  const look = { ...appJson.tabBar, ...tabStyle }
  bar.style.background = themed(look.backgroundColor) ?? '#fff'
  bar.replaceChildren(
    ...(appJson.tabBar?.list ?? []).map((item, index) => {
      const tab = { ...item, ...tabItems[index] }
      const on = tab.pagePath === active
      const cell = document.createElement('div')
      cell.dataset.path = tab.pagePath
      cell.style.color = themed(on ? look.selectedColor : look.color)
      const icon = document.createElement('img')
      icon.src = themed(on ? tab.selectedIconPath : tab.iconPath)
      const word = document.createElement('span')
      word.textContent = tab.text
      cell.append(icon, word)
      if (badges[index]) {
        const badge = document.createElement('b')
        badge.textContent = badges[index]
        cell.append(badge)
      }
      cell.onclick = () => switchTab(`/${tab.pagePath}`)
      return cell
    }),
  )
}

export function openFirst() {
  byId('back').onclick = () => back()
  push(`/${options.page}`)
}
