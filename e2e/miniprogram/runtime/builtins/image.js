const FITS = { aspectFill: 'cover', aspectFit: 'contain', widthFix: 'contain', heightFix: 'contain' }

export const image = (dom) => ({
  properties: { src: String, mode: String, lazyLoad: Boolean, alt: String, webp: Boolean },
  observers: {
    'src, mode'() { this.draw() },
  },
  methods: {
    draw() {
      const picture = this.picture
      if (!picture) return
      const { src, mode } = this.data
      if (src && picture.getAttribute('src') !== src) picture.src = src.startsWith('static/') ? `/${src}` : src
      picture.style.objectFit = FITS[mode] ?? 'fill'
      dom(this).style.height = mode === 'widthFix' ? 'auto' : ''
    },
  },
  lifetimes: {
    attached() {
      this.picture = document.createElement('img')
      if (this.data.lazyLoad) this.picture.loading = 'lazy'
      this.picture.alt = this.data.alt ?? ''
      this.picture.onload = () => this.triggerEvent('load', { width: this.picture.naturalWidth, height: this.picture.naturalHeight })
      this.picture.onerror = () => this.triggerEvent('error', { errMsg: `cannot load ${this.data.src}` })
      dom(this).append(this.picture)
      this.draw()
    },
  },
})
