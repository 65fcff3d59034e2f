import { END_WORDS, type LoadedRun, type RunEnd, type RunKind } from '../../track/index.js'
import type { NewCell } from '../notebook-cells.js'

/** A fence longer than any in the text. */
const fenced = (text: string, language = ''): string => {
  const longest = Math.max(2, ...[...text.matchAll(/`+/g)].map(([ticks]) => ticks.length))
  const fence = '`'.repeat(longest + 1)
  return `${fence}${language}\n${text}\n${fence}`
}

/** Cells that say where a run stopped, with the error, the cell's source and the end of the log. */
export function stoppedCells({ id, record, fits }: LoadedRun, { status, error, step, unfinishedFits }: RunEnd): NewCell[] {
  const running = status === 'running'
  const where =
    step === undefined
      ? 'No cell of a notebook had begun.'
      : `It ${running ? 'is' : 'stopped'} in cell ${step.cell}${step.title === undefined ? '' : `, under *${step.title}*`}.`
  const errorLines =
    error === undefined
      ? []
      : [
          `${error.message} [${error.code}]`,
          ...(error.received === undefined ? [] : [`received: ${error.received}`]),
          ...(error.expected === undefined ? [] : [`expected: ${error.expected}`]),
          ...(error.help === undefined ? [] : [`next: ${error.help}`]),
        ]
  const fitting = unfinishedFits.map(({ model, fold }) => `${model}, fold ${fold + 1}`)
  return [
    {
      id: 'stopped-title',
      markdown: [
        running ? '## Where it is' : '## Where it stopped',
        running ? `The run was going on when this was written. ${where}` : `The run ${END_WORDS[status]}. ${where}`,
        ...(errorLines.length === 0 ? [] : [fenced(errorLines.join('\n'))]),
        ...(step?.source === undefined ? [] : ['The cell:', fenced(step.source, 'ts')]),
        ...(fitting.length === 0 ? [] : [`Fits under way: ${fitting.join('; ')}.`]),
        ...(running || status === 'skipped' ? [] : goOn(id, record.kind, fits.length)),
      ].join('\n\n'),
    },
    { id: 'stopped', code: `console.log(run.end?.log.join('\\n') ?? 'the run has ended well since this notebook was written')` },
  ]
}

/** How to go on, where somebody can: a script has no runner that would. */
function goOn(id: string, kind: RunKind, fits: number): string[] {
  if (kind === 'script') return []
  const kept = fits > 0 ? 'Finished fits are kept. ' : ''
  if (kind === 'notebook') return [`${kept}Open the notebook in JupyterLab and run all its cells: it goes on with this run.`]
  return [`${kept}\`npm run pipeline -- --resume ${id}\` goes on with the run.`]
}
