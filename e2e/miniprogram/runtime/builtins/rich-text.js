const escape = (text) => String(text).replace(/[&<>"]/g, (c) => ({ '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' })[c])

function render(node) {
  if (node.type === 'text') return escape(node.text ?? '')
  const attributes = Object.entries(node.attrs ?? {}).map(([name, value]) => ` ${name}="${escape(value)}"`).join('')
  return `<${node.name}${attributes}>${(node.children ?? []).map(render).join('')}</${node.name}>`
}

/** Takes a string or the platform's node list; scripts never run, as on the platform. */
export const richText = (dom) => ({
  properties: { nodes: { type: null, value: '' } },
  observers: { nodes() { this.draw() } },
  methods: {
    draw() {
      const { nodes } = this.data
      const parsed = new DOMParser().parseFromString(typeof nodes === 'string' ? nodes : (nodes ?? []).map(render).join(''), 'text/html')
      parsed.querySelectorAll('script').forEach((script) => script.remove())
      dom(this).replaceChildren(...parsed.body.childNodes)
    },
  },
  lifetimes: { attached() { this.draw() } },
})
