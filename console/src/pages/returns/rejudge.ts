import type { ReturnPolicy, ReturnRow } from '@/api/types'

/** The rules were asked about it; otherwise nobody knows what they would have said. */
export function wasJudged(row: Pick<ReturnRow, 'rule'>): boolean {
  return row.rule !== null && !['rules_off', 'reason_asks', 'reason_approves'].includes(row.rule)
}

/**
 * What other settings would have made of a case that came in: 'rule' decides it, 'person' leaves it to people. The facts that the
 * settings do not touch (days, record, pictures, exceptions) stay as they were found then. Null where they were never looked at.
 */
export function rejudge(policy: ReturnPolicy, row: Pick<ReturnRow, 'kind' | 'reason' | 'rule' | 'amount'>): 'rule' | 'person' | null {
  if (row.rule === null) return null
  if (!policy.automatic) return 'person'
  const wanted = policy.by_reason[row.reason]
  if (wanted) return wanted === 'ask' ? 'person' : 'rule'
  if (!wasJudged(row)) return null
  const by = (yes: boolean): 'rule' | 'person' => (yes ? 'rule' : 'person')
  switch (row.rule) {
    case 'unsent':
      return by(policy.unsent)
    case 'no_reason':
      return by(policy.no_reason)
    case 'exchange':
      return by(policy.exchange)
    case 'lost_parcel':
    case 'small_claim':
    case 'faulty_return':
    case 'too_large':
      return by(row.amount <= limitOf(policy, row))
    case 'record':
    case 'being_made':
    case 'pictures_needed':
    case 'agreed':
    case 'ask':
      return 'person'
    default:
      return 'rule'
  }
}

function limitOf(policy: ReturnPolicy, row: Pick<ReturnRow, 'kind' | 'reason'>): number {
  if (row.reason === 'not_received') return policy.lost_max
  return row.kind === 'return_refund' ? policy.return_max : policy.claim_max
}
