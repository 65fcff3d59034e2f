import type { Bars, DatasetSource, QualityReport } from '../../data/index.js'
import type { EngineeredFeatures } from '../../features/index.js'
import { describeLeak, type LeakCertificate } from '../../leaks/index.js'
import type { Labels } from '../../labels/index.js'
import { classificationMetrics } from '../../metrics/index.js'
import { candles, foldTimeline, labelBalance, priceOverview, table, type ReportSpec } from '../../report/index.js'
import { embargoNote } from '../../split/index.js'
import {
  calibrationFigure,
  confusionFigures,
  equityFigure,
  featureCorrelationFigure,
  foldScoresFigure,
  importanceFigures,
  learningCurvesFigure,
  probabilityFigure,
  rocFigure,
} from './direction-figures.js'
import type { DirectionSplit } from './direction-split.js'
import { foldTable, gateTable, scoreTable, tradingTable } from './direction-tables.js'
import type { FoldFit } from '../fits/fit-options.js'
import type { DirectionScores } from './score-direction.js'

export interface DirectionReportInput {
  readonly bars: Bars
  readonly quality: QualityReport
  readonly source: DatasetSource
  readonly X: EngineeredFeatures
  readonly certificate: LeakCertificate
  readonly labels: Labels
  readonly split: DirectionSplit
  readonly fits: readonly FoldFit[]
  readonly scores: DirectionScores
  readonly runId: string
  /** One line: what computed the LSTM. */
  readonly deviceBanner: string
  readonly seed: number
}

/** The direction job as a report: verdict first, then the way there. */
export function directionReport(input: DirectionReportInput): ReportSpec {
  const { bars, quality, source, X, certificate, labels, split, fits, scores, runId, deviceBanner, seed } = input
  const { verdict, gates, evaluation } = scores
  const best = [...evaluation.models].filter(({ role }) => role === 'model').sort((a, b) => (b.pooled.auc ?? -1) - (a.pooled.auc ?? -1))[0]
  const passed = gates.some(({ pass }) => pass)
  const kind = verdict.outcome === 'edge' ? (passed ? 'edge' : 'failed') : 'no-edge'
  const faults = quality.checks.filter(({ found }) => found > 0)
  return {
    title: `Will ${source.symbol} close higher in ${labels.horizonBars} bar${labels.horizonBars === 1 ? '' : 's'}?`,
    subtitle: `${source.title}, ${source.rows} bars of ${source.timeframe}, ${source.from.slice(0, 10)} to ${source.to.slice(0, 10)}. Run ${runId}.`,
    verdict: {
      kind,
      headline:
        kind === 'edge'
          ? 'Edge found'
          : kind === 'failed'
            ? 'Edge found, but no model passes the gates'
            : verdict.outcome === 'no-edge'
              ? 'No edge found'
              : 'An edge that fees take away',
      sentences: verdict.sentences,
    },
    facts: [
      ['Best model', best?.model ?? 'none'],
      ['AUC', best?.pooled.auc?.toFixed(4) ?? 'n/a'],
      ['Brier score', best?.pooled.brier?.toFixed(4) ?? 'n/a'],
      ['Test rows', evaluation.models[0]?.rows ?? 0],
      ['Folds', split.folds.length],
      ['Features', X.names.length],
      ['Leak certificate', certificate.clean ? `clean (${certificate.comparedValues} values compared)` : `${certificate.leakCount} leaks`],
      ['Seed', seed],
      ['Device', deviceBanner],
    ],
    sections: [
      {
        id: 'scores',
        title: 'Scores on later data',
        tables: [scoreTable(scores), gateTable(scores)],
        figures: [rocFigure(scores, labels), foldScoresFigure(scores)],
        figuresPerRow: 2,
      },
      { id: 'equity', title: 'Equity after fees', tables: [tradingTable(scores)], figures: [equityFigure(scores)] },
      {
        id: 'probabilities',
        title: 'Are the probabilities honest?',
        figures: [
          calibrationFigure(scores, labels),
          probabilityFigure(scores, scores.backtests[0]?.result.threshold ?? 0.5),
          ...confusionFigures(scores, labels),
        ],
        figuresPerRow: 2,
      },
      {
        id: 'models',
        title: 'How the models learnt',
        figures: [
          ...importanceFigures(fits, X),
          ...(fits.some((fit) => fit.report.history.length > 1) ? [learningCurvesFigure(fits)] : []),
        ],
        figuresPerRow: 2,
      },
      {
        id: 'validation',
        title: 'Folds, purge and embargo',
        paragraphs: [
          `Each test block was predicted by models fitted on earlier bars only. Rows whose label reaches into a later part are purged; ${embargoNote(split.embargo)}.`,
        ],
        tables: [foldTable(split.folds, bars.time)],
        figures: [foldTimeline(split.folds, bars.time)],
      },
      {
        id: 'data',
        title: 'Data, features and labels',
        paragraphs: [
          `Source: ${source.name}, sha256 \`${source.sha256}\`${source.origin === undefined ? '' : `, ${source.origin.licence}`}.`,
          `Leak certificate: ${certificate.comparedValues} values compared with what is computed without later bars, or with other ones: ${certificate.clean ? 'none changed' : leaksOf(certificate)}.`,
          ...(X.dropped.length === 0 ? [] : [`Left out: ${X.dropped.map(({ name, reason }) => `${name} (${reason})`).join('; ')}.`]),
        ],
        tables:
          faults.length === 0
            ? []
            : [
                table(
                  faults.map(({ title, found, done }) => ({ check: title, found, done })),
                  { title: 'What the quality check found' },
                ),
              ],
        figures: [priceOverview(bars), candles(bars, { last: 300 }), labelBalance(labels, bars.time), featureCorrelationFigure(X)],
        figuresPerRow: 2,
      },
    ],
    glossary: classificationMetrics.map(({ title, definition }) => ({ term: title, definition })),
  }
}

const leaksOf = ({ checks }: LeakCertificate): string => checks.flatMap(({ leaks }) => leaks.map(describeLeak)).join('; ')
