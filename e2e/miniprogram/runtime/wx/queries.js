// createSelectorQuery and createIntersectionObserver over the page's own elements.
import { topPage } from '../pages.js'

const rootOf = (component) => (component?._$ ?? component?.$scope?._$)?.getBackendElement?.()

function measure(element) {
  if (!element) return null
  const { left, top, right, bottom, width, height } = element.getBoundingClientRect()
  return { id: element.id, dataset: { ...element.dataset }, left, top, right, bottom, width, height, scrollTop: element.scrollTop, scrollLeft: element.scrollLeft }
}

function createSelectorQuery() {
  let root = topPage()?.view ?? document
  const jobs = []
  const query = {
    in(component) { root = rootOf(component) ?? root; return query },
    select: (selector) => fields(() => measure(root.querySelector(selector))),
    selectAll: (selector) => fields(() => [...root.querySelectorAll(selector)].map(measure)),
    selectViewport: () => fields(() => measure(topPage()?.view ?? document.documentElement)),
    exec(done) {
      requestAnimationFrame(() => done?.(jobs.map(({ read, callback }) => { const value = read(); callback?.(value); return value })))
      return query
    },
  }
  function fields(read) {
    const add = (...args) => { jobs.push({ read, callback: args.find((arg) => typeof arg === 'function') }); return query }
    return { boundingClientRect: add, scrollOffset: add, fields: add, node: add, context: add }
  }
  return query
}

function createIntersectionObserver(component, { thresholds = [0], observeAll = false } = {}) {
  let observer
  let margin = '0px'
  const self = {
    relativeTo: () => self,
    relativeToViewport({ top = 0, right = 0, bottom = 0, left = 0 } = {}) { margin = `${top}px ${right}px ${bottom}px ${left}px`; return self },
    observe(selector, listener) {
      const root = rootOf(component) ?? topPage().view
      observer = new IntersectionObserver(
        (entries) => entries.forEach((entry) => listener({ intersectionRatio: entry.intersectionRatio, dataset: { ...entry.target.dataset }, id: entry.target.id, boundingClientRect: entry.boundingClientRect })),
        { threshold: thresholds, rootMargin: margin },
      )
      const found = [...root.querySelectorAll(selector)]
      for (const element of observeAll ? found : found.slice(0, 1)) observer.observe(element)
    },
    disconnect: () => observer?.disconnect(),
  }
  return self
}

export const queries = { createSelectorQuery, createIntersectionObserver }
