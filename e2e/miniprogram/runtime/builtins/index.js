// Built-in components: enough of each for wiring, events and layout; not the platform's rendering.
import { dom, space } from '../space.js'
import { button, form } from './button.js'
import { input, textarea } from './field.js'
import { image } from './image.js'
import { picker, toggle } from './picker.js'
import { scrollView, swiper } from './scroll.js'
import { richText } from './rich-text.js'
import { BUILTINS } from '../../tags.mjs'

const OWN = { button, form, image, input, textarea, picker, switch: toggle, 'scroll-view': scrollView, swiper, 'rich-text': richText }
const PLAIN = { 'hover-class': String, 'hoverClass': String }

export function registerBuiltins() {
  const components = space.getComponentSpace()
  for (const tag of BUILTINS) {
    const definition = OWN[tag]?.(dom) ?? { properties: PLAIN }
    space.component(`__wx/${tag}`).definition({ options: { virtualHost: false }, ...definition }).register()
    components.setGlobalUsingComponent(`wx-${tag}`, components.getComponentByUrl(`__wx/${tag}`, ''))
  }
}
