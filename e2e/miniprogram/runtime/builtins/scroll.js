export const scrollView = (dom) => ({
  properties: {
    scrollX: Boolean,
    scrollY: Boolean,
    scrollTop: { type: null, value: 0 },
    scrollLeft: { type: null, value: 0 },
    scrollIntoView: String,
    scrollWithAnimation: Boolean,
    lowerThreshold: { type: Number, value: 50 },
    enhanced: Boolean,
    showScrollbar: Boolean,
  },
  observers: {
    scrollTop(top) { if (this.element) this.element.scrollTop = Number(top) || 0 },
    scrollLeft(left) { if (this.element) this.element.scrollLeft = Number(left) || 0 },
    scrollIntoView(id) {
      const target = id && this.element?.querySelector(`#${CSS.escape(id)}`)
      if (target) this.element.scrollTop += target.getBoundingClientRect().top - this.element.getBoundingClientRect().top
    },
    'scrollX, scrollY'() { this.draw() },
  },
  methods: {
    draw() {
      if (!this.element) return
      this.element.style.overflowY = this.data.scrollY ? 'auto' : 'hidden'
      this.element.style.overflowX = this.data.scrollX ? 'auto' : 'hidden'
    },
  },
  lifetimes: {
    attached() {
      const element = (this.element = dom(this))
      this.draw()
      element.addEventListener('scroll', () => {
        const { scrollTop, scrollLeft, scrollHeight, clientHeight } = element
        this.triggerEvent('scroll', { scrollTop, scrollLeft, scrollHeight })
        if (scrollTop + clientHeight > scrollHeight - this.data.lowerThreshold) this.triggerEvent('scrolltolower', {})
      })
    },
  },
})

export const swiper = (dom) => ({
  properties: { current: Number, indicatorDots: Boolean, autoplay: Boolean, circular: Boolean, interval: Number, duration: Number },
  observers: {
    current(index) { if (this.element && index !== this.shown) this.element.scrollLeft = index * this.element.clientWidth },
  },
  lifetimes: {
    attached() {
      const element = (this.element = dom(this))
      this.shown = 0
      element.addEventListener('scroll', () => {
        const index = Math.round(element.scrollLeft / element.clientWidth)
        if (index === this.shown) return
        this.shown = index
        this.triggerEvent('change', { current: index, source: 'touch' })
      })
    },
  },
})
