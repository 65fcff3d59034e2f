import { runLabel, type LoadedRun, type RunComparison, type RunEquities } from '../../track/index.js'
import type { Figure } from '../figure.js'
import type { ReportSection, ReportSpec } from '../report-spec.js'
import type { Table } from '../table.js'
import { reportTerms } from '../terms/index.js'
import { comparedCalibration, comparedEquity, comparedFolds, comparedRoc } from './compare-figures.js'
import { aucDifferences, aucIntervals, fitTimes } from './compare-intervals.js'
import { curveGroups, type CurveGroup } from './compare-groups.js'
import { comparedLearning } from './compare-learning.js'
import {
  aucTable,
  comparedRunsTable,
  differenceTable,
  equalText,
  otherMetricsTable,
  pairTable,
  resourceTable,
  scoresTable,
} from './compare-tables.js'
import { comparedResources } from './run-resources.js'
import { comparisonRemarks, comparisonSentences } from './compare-text.js'

export interface ComparisonInput {
  readonly runs: readonly LoadedRun[]
  readonly comparison: RunComparison
  readonly equities: readonly RunEquities[]
}

const there = <T>(...parts: (T | undefined)[]): T[] => parts.filter((part): part is T => part !== undefined)

/** Every overlay of a comparison, by subject; a subject may have none. */
export interface ComparisonFigures {
  /** AUCs, and their paired differences, with intervals. */
  readonly intervals: readonly Figure[]
  readonly roc: readonly Figure[]
  readonly folds: readonly Figure[]
  readonly calibration: readonly Figure[]
  readonly equity: readonly Figure[]
  readonly learning: readonly Figure[]
  /** Time of the fits, and memory and processors of each run over time. */
  readonly resources: readonly Figure[]
}

/** The curves of the runs laid over one another, one figure for each model that several runs have; each run keeps its colour throughout. */
export function comparisonFigures({ runs, comparison, equities }: ComparisonInput): ComparisonFigures {
  const groups = curveGroups(comparison)
  const of = (draw: (group: CurveGroup) => Figure | undefined): Figure[] => there(...groups.map(draw))
  return {
    intervals: there(aucIntervals(comparison), aucDifferences(comparison)),
    roc: of((group) => comparedRoc(runs, comparison, group)),
    folds: of((group) => comparedFolds(runs, comparison, group)),
    calibration: of((group) => comparedCalibration(runs, group)),
    equity: of((group) => comparedEquity(equities, group)),
    // Steps of one kind of model mean nothing beside those of another.
    learning: of((group) => (new Set(group.members.map(({ model }) => model)).size === 1 ? comparedLearning(runs, group) : undefined)),
    resources: [...there(fitTimes(comparison)), ...comparedResources(runs)],
  }
}

/** A comparison as a page: the conclusion first, then scores, what differs, curves, resources. */
export function comparisonReport(input: ComparisonInput): ReportSpec {
  const { comparison, equities } = input
  const { runs } = comparison
  const figures = comparisonFigures(input)
  const [headline, ...sentences] = comparisonSentences(comparison)
  const noEquity = equities.flatMap(({ reason }, i) => (reason === undefined ? [] : [`No equity curve of ${runLabel(i)}: ${reason}`]))
  return {
    title: `${runs.length} runs compared`,
    subtitle: runs.map(({ label, id }) => `${label} is ${id}`).join(', '),
    verdict: { kind: 'comparison', headline, sentences },
    facts: [],
    sections: [
      section(
        'runs',
        'The runs',
        [
          comparisonRemarks(comparison)
            .map((remark) => `- ${remark}`)
            .join('\n'),
        ],
        [comparedRunsTable(comparison)],
      ),
      section('differences', 'What differs', [equalText(comparison)], there(differenceTable(comparison))),
      section('scores', 'Scores on later data', [], there(aucTable(comparison), pairTable(comparison)), figures.intervals),
      section('roc', 'ROC curves', [], [], figures.roc),
      section('folds', 'Fold by fold', [], [], figures.folds),
      section('other-scores', 'Other scores', [], there(scoresTable(comparison), otherMetricsTable(comparison))),
      section('calibration', 'Calibration', [], [], figures.calibration),
      section('equity', 'Equity after fees', noEquity, [], figures.equity),
      section('learning', 'How the models learnt', [], [], figures.learning),
      section('resources', 'Resources', [], [resourceTable(comparison)], figures.resources),
    ].filter(({ paragraphs = [], tables = [], figures: shown = [] }) => paragraphs.length + tables.length + shown.length > 0),
    glossary: reportTerms,
  }
}

const section = (
  id: string,
  title: string,
  paragraphs: readonly string[],
  tables: readonly Table[],
  figures: readonly Figure[] = [],
): ReportSection => ({
  ...{ id, title, tables, figures },
  paragraphs: paragraphs.filter((text) => text !== ''),
  figuresPerRow: figures.length > 1 ? 2 : 1,
})
