type Line = { id: string; quantity: number; payable: number; refunded: number; cancelled: number }

/** What cancelling these units gives back, as the server reckons it: the first k units of a line are worth floor(payable × k / quantity). */
export function restRefund(lines: readonly Line[], units: Readonly<Record<string, number>>): number {
  return lines.reduce((sum, line) => {
    const before = Math.max(line.refunded, line.cancelled)
    const worth = (k: number): number => Math.floor((line.payable * Math.min(k, line.quantity)) / line.quantity)
    return sum + worth(before + (units[line.id] ?? 0)) - worth(before)
  }, 0)
}
