/**
 * Where the mini-program finds the server. `zhanggui miniprogram --api-host …` replaces this text in the built folder;
 * it is a host that can never exist, so that an unpacked build fails loudly instead of calling somebody else.
 */
const MINI_PROGRAM_API = 'https://API-HOST.invalid'

/** The origin that requests begin with: empty on H5, where the page comes from the shop's own server. */
export function apiOrigin(): string {
  // #ifdef H5
  return ''
  // #endif
  // #ifndef H5
  return MINI_PROGRAM_API
  // #endif
}

/** The same origin for WebSockets (ws: or wss:). */
export function socketOrigin(): string {
  // #ifdef H5
  return location.origin.replace(/^http/, 'ws')
  // #endif
  // #ifndef H5
  return MINI_PROGRAM_API.replace(/^http/, 'ws')
  // #endif
}

/** A picture's address: pictures are served by the API's host, which in the mini-program is not the page's own. */
export function absolute(path: string): string {
  return path.startsWith('/') ? apiOrigin() + path : path
}

/** Which front end this build is, as the server calls it. */
export const CHANNEL: 'mp' | 'h5' = process.env.UNI_PLATFORM === 'mp-weixin' ? 'mp' : 'h5'
