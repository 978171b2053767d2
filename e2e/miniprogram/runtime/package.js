// What pack.mjs put into app.js, and what the page's address asks for.
export const bundle = window.__package
export const appJson = bundle.json.app
export const tabPaths = (appJson.tabBar?.list ?? []).map((tab) => tab.pagePath)

const query = new URLSearchParams(location.search)
export const options = {
  /** Origin of the WeChat sandbox; signs in and pays there. */
  sandbox: query.get('sandbox') ?? '',
  /** The test user who holds this phone. */
  user: query.get('user') ?? 'runner',
  phone: query.get('phone') ?? '13800000001',
  appid: query.get('appid') ?? bundle.json['project.config']?.appid ?? 'touristappid',
  page: query.get('page') ?? appJson.entryPagePath ?? allPages()[0],
  theme: matchMedia('(prefers-color-scheme: dark)').matches ? 'dark' : 'light',
  language: query.get('lang') ?? 'zh_CN',
  fontScale: Number(query.get('font') ?? 1),
}

export function allPages() {
  const packages = [...(appJson.subPackages ?? []), ...(appJson.subpackages ?? [])]
  return [...appJson.pages, ...packages.flatMap((part) => part.pages.map((page) => `${part.root}/${page}`.replace('//', '/')))]
}

/** Values such as `@paper` stand for an entry of theme.json under the present theme. */
export function themed(value) {
  const name = typeof value === 'string' && value.startsWith('@') ? value.slice(1) : null
  return name ? (bundle.json.theme?.[options.theme]?.[name] ?? '') : value
}

export function windowOf(path) {
  return { ...appJson.window, ...bundle.json[path] }
}
