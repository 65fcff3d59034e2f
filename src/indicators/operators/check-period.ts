import { LabError } from '../../core/index.js'

/** Refuses a period that is no whole number from `smallest` to 1,000,000. @param indicator its name in the message. @throws LabError `bad-period` */
export function checkPeriod(indicator: string, period: number, smallest: number): void {
  if (Number.isInteger(period) && period >= smallest && period <= 1_000_000) return
  throw new LabError('bad-period', `${indicator} cannot be computed over this number of bars.`, {
    received: String(period),
    expected: `a whole number, ${smallest} or more`,
    help: 'correct the period',
  })
}
