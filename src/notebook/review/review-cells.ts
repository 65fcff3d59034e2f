import { evaluationOf, recordedSource, type LoadedRun } from '../../track/index.js'
import { quoted, type NewCell } from '../notebook-cells.js'
import { fitCells } from './review-fits.js'
import { stoppedCells } from './review-stopped.js'

export interface ReviewOptions {
  /** How the notebook imports src/index.js. */
  readonly face: string
  /** The run as `loadRun` finds it. */
  readonly named: string
}

/** Cells of a review notebook, in order; what the run does not have gets none. */
export function reviewCells(run: LoadedRun, { face, named }: ReviewOptions): NewCell[] {
  const sections = [
    opening(run, named),
    ...(run.end === undefined ? [] : [stoppedCells(run, run.end)]),
    data(run),
    ...(evaluationOf(run.metrics) === undefined ? [] : [scores()]),
    ...(run.predictions.length === 0 ? [] : [predictions(run)]),
    ...(run.fits.length === 0 ? [] : [fitCells(run)]),
    time(run),
  ]
  const [first, ...rest] = sections.flat() as [NewCell, ...NewCell[]]
  return [first, imports(rest, face), ...rest]
}

/** What a notebook of any run may use; only what its cells name is imported. */
const NAMES = [
  'FeatureEngineer',
  'candles',
  'fitColumns',
  'loadRun',
  'loadRunBars',
  'loadRunModel',
  'readFitPredictions',
  'runCalibration',
  'runEquity',
  'runEquityFigure',
  'runFoldScores',
  'runLearningCurves',
  'runProbabilities',
  'runResourceUse',
  'runRoc',
  'selectColumns',
  'table',
]

function imports(cells: readonly NewCell[], face: string): NewCell {
  const code = cells.flatMap((cell) => ('code' in cell ? [cell.code] : [])).join('\n')
  const used = NAMES.filter((name) => new RegExp(`\\b${name}\\(`).test(code))
  return { id: 'imports', code: `import { ${used.join(', ')} } from '${face}'` }
}

function opening(run: LoadedRun, named: string): NewCell[] {
  const { record, notes, tags } = run
  const facts = [
    `**${record.status}**`,
    `started ${record.startedAt.slice(0, 16).replace('T', ' ')} UTC`,
    ...(record.notebook === undefined ? [] : [`from \`${record.notebook}\``]),
    ...(tags.length === 0 ? [] : [`tagged ${tags.map((tag) => `\`${tag}\``).join(' ')}`]),
  ]
  const said = [record.outcome?.headline, ...notes.map(({ time, text }) => `Note of ${time.slice(0, 10)}: ${text}`)]
  return [
    {
      id: 'title',
      markdown: [
        `# Review of ${run.id}`,
        `${facts.join(', ')}. This notebook reads what the run left behind and computes nothing anew that it kept.`,
        ...said.filter((text) => text !== undefined),
        ...(run.problems.length === 0 ? [] : [`Cannot be read:\n\n${run.problems.map((problem) => `- ${problem}`).join('\n')}`]),
      ].join('\n\n'),
    },
    { id: 'parameters', code: `// the id of a run, or the path of its folder\nlet id = ${quoted(named)}`, tags: ['parameters'] },
    {
      id: 'record',
      code: `const run = await loadRun(id)
table(Object.entries(run.record.parameters).map(([parameter, value]) => ({ parameter, value: String(value) })), { title: \`\${run.id}: \${run.record.status}\` })`,
    },
  ]
}

function data({ record }: LoadedRun): NewCell[] {
  const source = recordedSource(record)
  if (source === undefined)
    return [{ id: 'data-title', markdown: '## Data\n\nThe run has not recorded which data it used, so they cannot be read again.' }]
  return [
    {
      id: 'data-title',
      markdown: `## Data\n\nThe bars of the run, read again from \`${source.name}\` and compared with the hash, range and number of rows that it recorded: other data are an error.`,
    },
    { id: 'data', code: 'const { bars } = await loadRunBars(run)\ncandles(bars, { last: 300 })' },
  ]
}

function scores(): NewCell[] {
  return [
    { id: 'scores-title', markdown: '## Scores by fold' },
    { id: 'scores', code: 'runFoldScores(run)' },
  ]
}

function predictions(run: LoadedRun): NewCell[] {
  const trading = Array.isArray(run.metrics?.trading) && recordedSource(run.record) !== undefined
  return [
    {
      id: 'predictions-title',
      markdown: '## Predictions\n\nOne row a test bar and model, as they stand in `predictions.parquet`: ROC and calibration from them.',
    },
    { id: 'roc', code: 'runRoc(run)' },
    { id: 'calibration', code: 'runCalibration(run)' },
    ...(trading
      ? [
          {
            id: 'equity-title',
            markdown: 'The equity curves are backtested again from predictions and bars; their end must be the return that the run kept.',
          },
          { id: 'equity', code: 'runEquityFigure(runEquity(run, bars))' },
        ]
      : []),
  ]
}

const time = (run: LoadedRun): NewCell[] => [
  { id: 'time-title', markdown: '## What took the time' },
  {
    id: 'time',
    code: `table(run.events.filter(({ type }) => type === 'cell-finished').map(({ cell, seconds, status }) => ({ cell, seconds, status })), { title: 'Cells', digits: 3 })`,
  },
  ...((run.resources?.time.length ?? 0) > 1 ? [{ id: 'resources', code: 'runResourceUse(run)' }] : []),
]
