/** Where the keys lie between starts of the program. */
export interface KeyShelf { read(): Record<string, { key: string; at: number }>; write(all: Record<string, { key: string; at: number }>): void }

/** A key older than this is not used again (milliseconds): the server forgets its keys after a day. */
const KEEP_MS = 20 * 3600 * 1000

/**
 * Idempotency keys of writes that have not been answered yet. The same write (method, path and body) gets the same key
 * until its answer is known, over a lost connection and over a restart, so that trying again can never do it twice.
 */
export class PendingKeys {
  constructor(private readonly shelf: KeyShelf, private readonly make: () => string) {}

  /** @param now milliseconds since the epoch */
  keyFor(fingerprint: string, now: number): string {
    const all = this.shelf.read()
    const known = all[fingerprint]
    if (known && now - known.at < KEEP_MS) return known.key
    for (const [name, entry] of Object.entries(all)) if (now - entry.at >= KEEP_MS) delete all[name]
    const key = this.make()
    all[fingerprint] = { key, at: now }
    this.shelf.write(all)
    return key
  }

  answered(fingerprint: string): void {
    const all = this.shelf.read()
    if (!(fingerprint in all)) return
    delete all[fingerprint]
    this.shelf.write(all)
  }
}

/** A random key of 32 hexadecimal digits. It names a retry, it is no secret, so Math.random is enough where no better is at hand. */
export function randomKey(): string {
  let text = ''
  while (text.length < 32) text += Math.floor(Math.random() * 0x10000).toString(16).padStart(4, '0')
  return text
}
