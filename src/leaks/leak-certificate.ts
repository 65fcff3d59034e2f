import { DISPLAY, escapeHtml, LabError, type MimeBundle } from '../core/index.js'
import { comparedValues, describeLeak, type LeakCheck } from './leak.js'

/** What was checked for leaks, how, and what was found. JSON says all of it. */
export interface LeakCertificate {
  /** No leak was found. */
  readonly clean: boolean
  readonly checks: readonly LeakCheck[]
  /** Over all checks. */
  readonly comparedValues: number
  readonly leakCount: number
  readonly seed: number
  /** How long it took. Everything else is the same on every machine. */
  readonly seconds: number
  [DISPLAY](): MimeBundle
}

/** Joins checks into a certificate that shows itself. */
export function leakCertificate(checks: readonly LeakCheck[], seed: number, seconds: number): LeakCertificate {
  const leakCount = checks.reduce((sum, { leaks }) => sum + leaks.length, 0)
  const compared = checks.reduce((sum, check) => sum + comparedValues(check), 0)
  const facts = { clean: leakCount === 0, checks, comparedValues: compared, leakCount, seed, seconds }
  return { ...facts, [DISPLAY]: () => ({ 'text/plain': certificateText(facts), 'text/html': certificateHtml(facts) }) }
}

/**
 * Returns what it was given where it is clean.
 * @throws LabError `look-ahead` naming every leak and its first bar
 */
export function assertNoLeaks<T extends LeakCertificate | LeakCheck>(result: T): T {
  const checks: readonly LeakCheck[] = 'checks' in result ? result.checks : [result]
  const leaks = checks.flatMap((check) => check.leaks)
  if (leaks.length === 0) return result
  throw new LabError('look-ahead', 'Something uses what lies after it: scores computed from it would be worthless.', {
    received: leaks.map(describeLeak).join('; '),
    expected: 'values that do not change when what comes later is removed or altered',
    help: 'correct what is named, or leave it out (features: drop)',
  })
}

type Facts = Omit<LeakCertificate, typeof DISPLAY>

function headline({ clean, leakCount, comparedValues: compared, checks, seconds }: Facts): string {
  const took = `${compared.toLocaleString('en-US')} values compared in ${seconds.toFixed(1)} s`
  const subjects = `${checks.length} check${checks.length === 1 ? '' : 's'}`
  return clean ? `No leak found: ${subjects}, ${took}.` : `${leakCount} LEAK${leakCount === 1 ? '' : 'S'} FOUND in ${subjects}, ${took}.`
}

const methodText = (check: LeakCheck): string =>
  check.methods.map(({ name, points, everyBar }) => `${name} (${everyBar ? 'all ' : ''}${points.toLocaleString('en-US')})`).join('; ')

const columnsText = ({ columns, kind }: LeakCheck): string =>
  columns.length === 1 ? columns[0]! : kind === 'features' ? `${columns.length} columns` : ''

const resultText = ({ leaks }: LeakCheck): string => (leaks.length === 0 ? 'clean' : `${leaks.length} leak${leaks.length === 1 ? '' : 's'}`)

function certificateText(facts: Facts): string {
  const lines = facts.checks.flatMap((check) => [
    `  ${[check.kind, check.subject, columnsText(check)].filter((part) => part !== '').join(', ')}: ${resultText(check)}. ${methodText(check)}`,
    ...check.leaks.map((leak) => `    ${describeLeak(leak)}`),
  ])
  return [headline(facts), ...lines].join('\n')
}

function certificateHtml(facts: Facts): string {
  const cell = (text: string): string => `<td style="text-align:left;padding:2px 10px;vertical-align:top">${text}</td>`
  const rows = facts.checks.map((check) => {
    const found = check.leaks.map((leak) => `<br>${escapeHtml(describeLeak(leak))}`).join('')
    const cells = [check.kind, [check.subject, columnsText(check)].filter((part) => part !== '').join(', '), methodText(check)]
    return `<tr>${cells.map((text) => cell(escapeHtml(text))).join('')}${cell(`<b>${resultText(check)}</b>${found}`)}</tr>`
  })
  const head = ['checked', 'what', 'how', 'found'].map((title) => `<th style="text-align:left;padding:2px 10px">${title}</th>`).join('')
  return `<div><b>${escapeHtml(headline(facts))}</b><table><tr>${head}</tr>${rows.join('')}</table></div>`
}
