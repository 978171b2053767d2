const WHOLE = ['ok', 'unknown', 'paid', 'known', 'late_payment', 'surplus', 'refused'] as const
const WHY = [
  'nonce', 'account_id', 'mchid', 'sub_mchid', 'appid', 'combined_id', 'currency', 'amount', 'transaction_id', 'trade_state', 'state', 'contradiction',
  'malformed', 'unknown_attempt', 'unknown_payment', 'unknown_refund', 'unknown_withdrawal',
] as const

/** What became of a message or a call, as the server keeps it (`paid`, `refused:amount`, `asked:paid`), as a text and its values. */
export function outcomeWords(outcome: string): { key: string; values: Record<string, string>; why: string | null } {
  const [first = '', second = ''] = outcome.split(':', 2)
  if (first === 'asked') return { key: 'money.inbox.result.asked', values: {}, why: null }
  if (!WHOLE.some((one) => one === first)) return { key: '', values: {}, why: null }
  if (first !== 'refused' || second === '') return { key: `money.inbox.result.${first}`, values: {}, why: null }
  const known = WHY.find((one) => one === second)
  if (known) return { key: 'money.inbox.result.misfit', values: {}, why: `money.inbox.why.${known}` }
  return { key: 'money.inbox.result.refusedCode', values: { code: second }, why: null }
}

/** Whether a day's bill was ever compared, of the newest runs. */
export function compared(runs: readonly { status: 'running' | 'matched' | 'differences' | 'failed' }[]): boolean {
  return runs.some((run) => run.status === 'matched' || run.status === 'differences')
}
