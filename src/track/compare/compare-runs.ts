import { EXIT, LabError } from '../../core/index.js'
import { summarizeRun } from '../list-runs.js'
import type { LoadedRun } from '../load-run.js'
import { END_WORDS, type RunEnd } from '../run-end.js'
import { evaluationOf } from '../run-metrics.js'
import { runResources, type RunResources } from '../run-resources.js'
import { compareOtherMetrics, compareScores, type ComparedModel, type OtherMetric } from './compare-scores.js'
import { pairedAucs, type PairedAuc } from './paired-auc.js'
import { runDifferences, type AreaDifferences } from './run-differences.js'

/** More runs than this cannot be told apart in a table or a figure. */
export const MOST_RUNS = 8

/** A run as a comparison names it. */
export interface ComparedRun {
  /** A, B, C, ... in the order given. */
  readonly label: string
  readonly id: string
  readonly name: string
  readonly status: string
  readonly startedAt: string
  readonly tags: readonly string[]
  readonly best?: { readonly model: string; readonly auc: number }
  readonly verdict?: string
  readonly headline?: string
  readonly resources: RunResources
}

/** What is different between runs. Plain data. */
export interface RunComparison {
  readonly runs: readonly ComparedRun[]
  readonly areas: readonly AreaDifferences[]
  readonly models: readonly ComparedModel[]
  readonly pairs: readonly PairedAuc[]
  readonly otherMetrics: readonly OtherMetric[]
  /** What a reader must know: a run without metrics, a file that cannot be read, code that was not committed. */
  readonly remarks: readonly string[]
}

/** What a run is called beside others: A for the first (position 0) to H, then `run 9`. */
export const runLabel = (position: number): string => 'ABCDEFGH'[position] ?? `run ${position + 1}`

/**
 * Compares runs by what their folders hold; the first one is what the others are measured against.
 * @throws LabError `too-few-runs`, `too-many-runs`, `same-run`
 */
export function compareRuns(runs: readonly LoadedRun[]): RunComparison {
  checkRuns(runs)
  return {
    runs: runs.map((run, i) => {
      const { id, name, status, startedAt = '', tags, best, verdict, headline } = summarizeRun(run.folder)
      return {
        ...{ label: runLabel(i), id, name, status, startedAt, tags, resources: runResources(run) },
        ...(best !== undefined && { best }),
        ...(verdict !== undefined && { verdict }),
        ...(headline !== undefined && { headline }),
      }
    }),
    areas: runDifferences(runs),
    models: compareScores(runs),
    pairs: pairedAucs(runs),
    otherMetrics: compareOtherMetrics(runs),
    remarks: runs.flatMap(remarksOn),
  }
}

function remarksOn(run: LoadedRun, position: number): string[] {
  const label = runLabel(position)
  const { git } = run.record
  return [
    ...(run.end === undefined ? [] : [endSentence(label, run.end)]),
    ...(run.metrics === undefined
      ? [`${label} has no metrics: only parameters, configuration, data, code and environment can be compared.`]
      : evaluationOf(run.metrics) === undefined
        ? [`${label} has metrics of another form, without an evaluation of models.`]
        : []),
    ...(git?.dirty === true ? [`${label} ran on uncommitted changes: its code is not that of its commit alone.`] : []),
    ...run.problems.map((problem) => `${label}: ${problem}`),
  ]
}

function endSentence(label: string, { status, step, error }: RunEnd): string {
  const where = step === undefined ? '' : ` in cell ${step.cell}${step.title === undefined ? '' : ` (${step.title})`}`
  return `${label} ${END_WORDS[status]}${where}.${error === undefined ? '' : ` ${error.message}`}`
}

function checkRuns(runs: readonly LoadedRun[]): void {
  const usage = (code: string, message: string, received: string): LabError =>
    new LabError(code, message, {
      received,
      expected: `2 to ${MOST_RUNS} different runs`,
      help: 'npm run runs lists them; then npm run runs -- compare A B',
      exitCode: EXIT.usage,
    })
  const twice = runs.find((run, i) => runs.findIndex(({ folder }) => folder === run.folder) !== i)
  if (twice !== undefined) throw usage('same-run', 'A run cannot be compared with itself.', `${twice.id} twice`)
  if (runs.length < 2) throw usage('too-few-runs', 'A comparison needs two runs.', runs.map(({ id }) => id).join(' ') || 'none')
  if (runs.length > MOST_RUNS) throw usage('too-many-runs', 'So many runs cannot be told apart.', `${runs.length} runs`)
}
