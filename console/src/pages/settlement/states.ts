// The colour of each state; the word stands beside it.
import type { ConsoleWithdrawal, OrderSplit, SplitReceiver, SplitRule } from '@/api/types'

type Tone = 'seal' | 'good' | 'warn' | 'info' | 'calm'

export const RECEIVER_TONE: Record<SplitReceiver['state'], Tone> = { pending: 'info', active: 'good', refused: 'warn', removed: 'calm' }
export const SPLIT_TONE: Record<OrderSplit['state'], Tone> = { held: 'info', due: 'info', done: 'good', stuck: 'warn', void: 'calm' }
export const SPLIT_STATES = ['held', 'due', 'stuck', 'done', 'void'] as const
export const WITHDRAWAL_STATES = ['requested', 'approved', 'waiting', 'paid', 'expired', 'failed', 'rejected', 'cancelled'] as const
export const WITHDRAWAL_TONE: Record<ConsoleWithdrawal['state'], Tone> = {
  requested: 'seal',
  approved: 'info',
  waiting: 'info',
  paid: 'good',
  failed: 'warn',
  expired: 'calm',
  rejected: 'calm',
  cancelled: 'calm',
}
/** Errors of a split that we put into words; others are the platform's own codes. */
export const KNOWN_ERRORS = ['share_closed', 'return_failed', 'return_advanced', 'too_many_calls', 'freeze_ending', 'freeze_over', 'RULE_LIMIT', 'NOT_ENOUGH'] as const

/** Why the platform did not take a receiver (`CODE: its words`), as a text of ours. */
export function refusalKey(error: string): string {
  const code = error.split(':', 1)[0]
  return `settlement.receiver.refusal.${code === 'INVALID_REQUEST' || code === 'PARAM_ERROR' ? 'mismatch' : code === 'NO_AUTH' ? 'notAllowed' : 'other'}`
}

/** Whether a rule shares what is paid at `now` (ms), and if not, why. */
export function ruleState(rule: SplitRule, now: number): 'on' | 'off' | 'coming' | 'over' {
  if (!rule.enabled) return 'off'
  if (rule.active_from !== null && now < Date.parse(rule.active_from)) return 'coming'
  return rule.active_to !== null && now >= Date.parse(rule.active_to) ? 'over' : 'on'
}
