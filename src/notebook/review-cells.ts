import { allFeatures } from '../features/index.js'
import { evaluationOf, recordedSource, type LoadedRun, type RunEnd } from '../track/index.js'
import type { NewCell } from './notebook-cells.js'

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
    ...(run.end === undefined ? [] : [stopped(run, run.end)]),
    data(run),
    ...(evaluationOf(run.metrics) === undefined ? [] : [scores()]),
    ...(run.predictions.length === 0 ? [] : [predictions(run)]),
    ...(run.fits.length === 0 ? [] : [fits(run)]),
    time(),
  ]
  const [first, ...rest] = sections.flat() as [NewCell, ...NewCell[]]
  return [first, imports(rest, face), ...rest]
}

/** What a notebook of any run may use; only what its cells name is imported. */
const NAMES = [
  'FeatureEngineer',
  'candles',
  'loadRun',
  'loadRunBars',
  'loadRunModel',
  'readFitPredictions',
  'runCalibration',
  'runEquity',
  'runEquityFigure',
  'runFoldScores',
  'runLearningCurves',
  'runRoc',
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

/** Single quotes, as the project writes them. */
const quoted = (text: string): string => `'${text.replace(/\\/g, '\\\\').replace(/'/g, "\\'")}'`

/** A fence longer than any in the text. */
const fenced = (text: string, language = ''): string => {
  const longest = Math.max(2, ...[...text.matchAll(/`+/g)].map(([ticks]) => ticks.length))
  const fence = '`'.repeat(longest + 1)
  return `${fence}${language}\n${text}\n${fence}`
}

function stopped({ id }: LoadedRun, { status, error, step, unfinishedFits }: RunEnd): NewCell[] {
  const where =
    step === undefined
      ? 'No cell of a notebook had begun.'
      : `It stopped in cell ${step.cell}${step.title === undefined ? '' : `, under *${step.title}*`}.`
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
        '## Where it stopped',
        `The run is ${status}. ${where}`,
        ...(errorLines.length === 0 ? [] : [fenced(errorLines.join('\n'))]),
        ...(step?.source === undefined ? [] : ['The cell:', fenced(step.source, 'ts')]),
        ...(fitting.length === 0 ? [] : [`Fits under way: ${fitting.join('; ')}.`]),
        ...(status === 'running' || status === 'skipped'
          ? []
          : [`Finished fits are kept: \`npm run pipeline -- --resume ${id}\` goes on with them.`]),
      ].join('\n\n'),
    },
    { id: 'stopped', code: `console.log(run.end?.log.join('\\n') ?? 'the run has ended well since this notebook was written')` },
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

/** True where the features that the fits saw are those of the default engineer; of a run without metrics they are taken to be. */
function hasDefaultFeatures({ metrics }: LoadedRun): boolean {
  const used = metrics?.features
  if (!Array.isArray(used)) return true
  const known = new Set(allFeatures.map(({ name }) => name))
  return used.every((name) => known.has(name as string))
}

function fits(run: LoadedRun): NewCell[] {
  const first = run.fits[0]!
  const again = recordedSource(run.record) !== undefined && hasDefaultFeatures(run)
  return [
    {
      id: 'fits-title',
      markdown: `## Fitted models\n\n${run.fits.length} finished ${run.fits.length === 1 ? 'fit lies' : 'fits lie'} in the run folder.`,
    },
    {
      id: 'fits',
      code: `table(run.fits.map(({ model, fold, report, seconds }) => ({ model, fold: fold + 1, 'best step': report.bestStep, steps: report.steps, seconds, 'computed by': report.backend })), { title: 'Fits', digits: 3 })`,
    },
    { id: 'learning', code: 'runLearningCurves(run)' },
    ...(again
      ? [
          {
            id: 'reload-title',
            markdown:
              'One of them is loaded and predicts its test rows once more, from features computed anew: the difference to what it said in the run should be 0. Change model and fold to look at another one.',
          },
          {
            id: 'reload',
            code: `const choice = { model: ${quoted(first.model)}, fold: ${first.fold} }
const model = await loadRunModel(run, choice)
const kept = readFitPredictions(run.fits.find(({ model, fold }) => model === choice.model && fold === choice.fold)!)
const X = new FeatureEngineer().fitTransform(bars)
const again = await model.predictProba(X, kept.rows)
await model.close()
table([{ ...choice, fold: choice.fold + 1, 'test rows': kept.rows.length, 'largest difference': again.reduce((most, p, i) => Math.max(most, Math.abs(p - kept.probability[i]!)), 0) }], { title: 'Loaded and predicting again' })`,
          },
        ]
      : []),
  ]
}

const time = (): NewCell[] => [
  { id: 'time-title', markdown: '## What took the time' },
  {
    id: 'time',
    code: `table(run.events.filter(({ type }) => type === 'cell-finished').map(({ cell, seconds, status }) => ({ cell, seconds, status })), { title: 'Cells', digits: 3 })`,
  },
]
