import { defineStore } from 'pinia'
import { ref } from 'vue'
import type { OrderState } from '@/api/buyer'

/** Which part of the orders is shown; other pages set it before they go there (a tab page takes no query). */
export const useOrderTab = defineStore('order-tab', () => {
  const state = ref<OrderState>('all')
  return { state }
})
