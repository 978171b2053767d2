import { defineStore } from 'pinia'
import { ref } from 'vue'
import type { Picture } from '@/api/types'

export interface Flight { id: number; x: number; y: number; picture: Picture | null; gone: boolean }
interface Point { clientX?: number; clientY?: number; x?: number; y?: number }
export interface TapEvent { touches?: Point[]; changedTouches?: Point[]; detail?: Point; clientX?: number; clientY?: number }

/** Pictures on their way from the finger to the cart. */
export const useFlight = defineStore('flight', () => {
  const flights = ref<Flight[]>([])
  let serial = 0

  function launch(event: TapEvent | undefined, picture: Picture | null): void {
    const point = event?.touches?.[0] ?? event?.changedTouches?.[0] ?? (event?.clientX ? (event as Point) : event?.detail)
    const x = point?.clientX ?? point?.x
    const y = point?.clientY ?? point?.y
    if (x === undefined || y === undefined) return
    const id = ++serial
    flights.value = [...flights.value, { id, x, y, picture, gone: false }]
    setTimeout(() => { flights.value = flights.value.map((one) => (one.id === id ? { ...one, gone: true } : one)) }, 30)
    setTimeout(() => { flights.value = flights.value.filter((one) => one.id !== id) }, 650)
  }
  return { flights, launch }
})
