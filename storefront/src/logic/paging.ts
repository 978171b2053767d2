/** A list that goes on as one scrolls: what is there, and what it waits for. */
export interface Shelf<T> { items: T[] | null; next: string | null; total: number; busy: boolean; fault: unknown }
export interface Page<T> { items: T[]; next: string | null; total: number }

export const emptyShelf = <T>(): Shelf<T> => ({ items: null, next: null, total: 0, busy: false, fault: null })

/**
 * Fills a shelf page by page, by cursor. A newer question makes the answers of older ones void, so that what is shown
 * always belongs to what was asked last.
 */
export class Paging<T, P extends Page<T> = Page<T>> {
  private round = 0

  constructor(
    private readonly shelf: Shelf<T>,
    private readonly read: (cursor: string | null) => Promise<P>,
    private readonly arrived: (page: P, first: boolean) => void = () => undefined,
  ) {}

  /** Asks anew. With `keep` the old items stay until the new ones are there (a filter is being chosen above them). */
  restart(keep = false): Promise<void> {
    if (!keep) this.shelf.items = null
    this.shelf.next = null
    return this.ask(null)
  }

  /** The next page; nothing when there is none or one is on its way. */
  async more(): Promise<void> {
    if (this.shelf.next && !this.shelf.busy) await this.ask(this.shelf.next)
  }

  /** Makes whatever is on its way void. */
  drop(): void {
    this.round++
    Object.assign(this.shelf, emptyShelf<T>())
  }

  private async ask(cursor: string | null): Promise<void> {
    const mine = ++this.round
    this.shelf.busy = true
    this.shelf.fault = null
    try {
      const page = await this.read(cursor)
      if (mine !== this.round) return
      this.shelf.items = cursor ? [...(this.shelf.items ?? []), ...page.items] : page.items
      this.shelf.next = page.next
      this.shelf.total = page.total
      this.arrived(page, cursor === null)
    } catch (error) {
      if (mine === this.round) this.shelf.fault = error
    } finally {
      if (mine === this.round) this.shelf.busy = false
    }
  }
}
