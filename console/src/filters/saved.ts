// Filter sets a person has named, kept in this browser per store.
import { reactive } from 'vue'

export interface SavedFilters<T> {
  id: string
  name: string
  filters: T
}

function stored<T>(key: string): SavedFilters<T>[] {
  try {
    return JSON.parse(localStorage.getItem(key) ?? '[]') as SavedFilters<T>[]
  } catch {
    // Not ours or damaged: start with none, the next saved set replaces it.
    return []
  }
}

/** The named sets of one list; every change is written down at once. */
export function savedFilters<T extends object>(list: string, store: string) {
  const key = `zg.console.filters.${list}.${store}`
  const sets = reactive({ all: stored<T>(key) }) as { all: SavedFilters<T>[] }
  const write = (): void => localStorage.setItem(key, JSON.stringify(sets.all))
  return {
    sets,
    add(name: string, filters: T): void {
      sets.all.push({ id: crypto.randomUUID(), name, filters: { ...filters } })
      write()
    },
    remove(id: string): void {
      sets.all = sets.all.filter((one) => one.id !== id)
      write()
    },
  }
}
