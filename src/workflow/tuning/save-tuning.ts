import { displayBundle, displayPath } from '../../core/index.js'
import type { Bars, DatasetSource } from '../../data/index.js'
import { classificationMetrics, type ClassificationMetricName } from '../../metrics/index.js'
import {
  counted,
  foldTimeline,
  reportTerms,
  studyHistory,
  studyImportance,
  studyParallel,
  writeReport,
  type ReportSpec,
} from '../../report/index.js'
import type { Run } from '../../track/index.js'
import { countTrials, storageName, type SearchSpace } from '../../tune/index.js'
import { foldTable } from '../direction/direction-tables.js'
import { resourcesSection } from '../fits/resources-section.js'
import { checksSection, type TuningChecks } from './check-tuning.js'
import type { HoldoutScore } from './score-holdout.js'
import type { TunedModel } from './tune-model.js'
import type { TuningSplit } from './tuning-split.js'
import { holdoutTable, spaceTable, trialTable } from './tuning-tables.js'

export interface SaveTuningInput {
  readonly run: Run
  readonly tuned: TunedModel
  readonly holdout: readonly HoldoutScore[]
  /** Undefined where no trial is complete. */
  readonly checks: TuningChecks | undefined
  readonly metric: ClassificationMetricName
  readonly source: DatasetSource
  readonly bars: Bars
  readonly split: TuningSplit
  readonly space: SearchSpace
}

/** Writes `metrics.json` and `report.html`, and the outcome in run.json; then ends the run. */
export async function saveTuning(input: SaveTuningInput): Promise<void> {
  const { run, tuned, holdout, checks, metric, source, space } = input
  const { study, storage, trials, result, importance, ended } = tuned
  run.writeMetrics({
    ...{ study, metric, ended, space, importance, holdout, counts: countTrials(trials), checks: checks ?? null },
    dataset: { name: source.name, sha256: source.sha256, symbol: source.symbol, rows: source.rows },
    best: result === undefined ? null : { trial: result.trial, value: result.value, params: result.params },
  })
  const report = run.path('report.html')
  writeReport(report, tuningReport(input))
  await run.finish('ok', {
    outcome: { headline: headlineOf(input), study, storage: storageName(storage), report: 'report.html' },
  })
  displayBundle({ 'text/plain': `Report: ${displayPath(report)}`, 'text/markdown': `Report: \`${displayPath(report)}\`` })
}

/** One sentence about a study: its best value, the trial, and the score on bars that no trial saw. */
export function headlineOf({
  tuned: { study, result, trials },
  holdout,
  metric,
}: Pick<SaveTuningInput, 'tuned' | 'holdout' | 'metric'>): string {
  if (result === undefined) return `Study ${study}: no trial of ${trials.length} is complete`
  const later = holdout.find(({ parameters }) => parameters === 'tuned')?.scores[metric]
  const kept = later === null || later === undefined ? '' : `, ${later.toFixed(4)} on bars that no trial saw`
  return `Study ${study}: ${metric} ${result.value.toFixed(4)} in trial ${result.trial} of ${trials.length}${kept}`
}

function tuningReport(input: SaveTuningInput): ReportSpec {
  const { run, tuned, holdout, checks, metric, source, bars, split, space } = input
  const { study, storage, trials, result, importance } = tuned
  const counts = countTrials(trials)
  const about = classificationMetrics.find(({ name }) => name === metric)!
  const plot = { metric: about.title, direction: about.better === 'higher' ? 'maximize' : 'minimize' } as const
  const gain = gainOf(holdout, metric, about.better) ?? 0
  const later = holdout.find(({ parameters }) => parameters === 'tuned')?.auc ?? null
  // As in every verdict: the whole interval must lie above a half.
  const hasEdge = later !== null && later.lower > 0.5
  const when = new Date(bars.time[split.holdoutFrom]!).toISOString().slice(0, 16).replace('T', ' ')
  return {
    title: `Study ${study}`,
    subtitle: `${source.title}, ${counted(source.rows, 'bar')} of ${source.timeframe}, ${source.from.slice(0, 10)} to ${source.to.slice(0, 10)}. Run ${run.id}.`,
    verdict: {
      kind: result === undefined ? 'failed' : hasEdge ? 'edge' : 'no-edge',
      headline:
        result === undefined
          ? 'No trial is complete'
          : !hasEdge
            ? 'No edge on the bars that were kept back'
            : `An edge on later bars, ${gain > 0 ? 'larger than' : 'but not larger than'} that of the defaults`,
      sentences: [
        `${headlineOf(input)}.`,
        `The best of ${counts.complete + counts.pruned} trials is always flattering: what counts is the score on the bars from ${when} UTC, which no trial saw and which were scored once.`,
      ],
    },
    facts: [
      ['Best trial', result?.trial ?? 'none'],
      [`${about.title}, mean of ${split.folds.length} folds`, result?.value.toFixed(4) ?? 'n/a'],
      ['Complete', counts.complete],
      ['Pruned', counts.pruned],
      ['Failed', counts.failed],
      ['Database', storageName(storage)],
    ],
    sections: [
      { id: 'holdout', title: 'On bars that no trial saw', tables: [holdoutTable(holdout)] },
      ...(checks === undefined ? [] : [checksSection(checks)]),
      {
        id: 'study',
        title: 'The study',
        tables: [trialTable(trials, about.better)],
        figures: [studyHistory(trials, plot), studyImportance(importance), studyParallel(trials, plot)],
      },
      { id: 'space', title: 'What was searched', tables: [spaceTable(space)] },
      {
        id: 'folds',
        title: 'Folds of the trials, and the hold-out',
        paragraphs: ['The last fold is the hold-out: trained on the bars before it, tested once.'],
        tables: [foldTable([...split.folds, split.holdout], bars.time)],
        figures: [foldTimeline([...split.folds, split.holdout], bars.time)],
      },
      ...resourcesSection(run),
    ],
    glossary: reportTerms,
  }
}

/** How much better the tuned parameters are than the defaults on the hold-out; undefined where it cannot be said. */
function gainOf(holdout: readonly HoldoutScore[], metric: ClassificationMetricName, better: 'higher' | 'lower'): number | undefined {
  const [tuned, standard] = ['tuned', 'default'].map((name) => holdout.find(({ parameters }) => parameters === name)?.scores[metric])
  if (tuned === undefined || tuned === null || standard === undefined || standard === null) return undefined
  return better === 'higher' ? tuned - standard : standard - tuned
}
