// Built-in tags of the platform. In templates they are renamed to `wx-…` components that the runtime registers.
export const BUILTINS = [
  'view', 'text', 'image', 'input', 'textarea', 'button', 'scroll-view', 'swiper', 'swiper-item', 'root-portal', 'form',
  'label', 'icon', 'progress', 'checkbox', 'checkbox-group', 'radio', 'radio-group', 'switch', 'slider', 'picker',
  'picker-view', 'picker-view-column', 'navigator', 'rich-text', 'web-view', 'video', 'canvas', 'cover-view',
  'cover-image', 'map', 'page-meta', 'navigation-bar', 'movable-area', 'movable-view', 'page-container', 'match-media',
]
const TAG = new RegExp(`<(/?)(${BUILTINS.join('|')})(?=[\\s/>])`, 'g')
const BINDING = /(\s)(bind|catch|mut-bind|capture-bind|capture-catch)([a-zA-Z]\w*)=/g

/** `<view bindtap="x">` → `<wx-view bind:tap="x">`: the compiler knows the second form only. */
export function renameTags(wxml) {
  return wxml.replace(TAG, '<$1wx-$2').replace(BINDING, '$1$2:$3=')
}
