import type { Bars, DatasetSource, QualityReport } from '../../data/index.js'
import type { EngineeredFeatures } from '../../features/index.js'
import { describeLeak, type LeakCertificate } from '../../leaks/index.js'
import type { Labels } from '../../labels/index.js'
import {
  candles,
  counted,
  foldTimeline,
  labelBalance,
  priceOverview,
  reportTerms,
  type ReportSection,
  type ReportSpec,
} from '../../report/index.js'
import { embargoNote } from '../../split/index.js'
import {
  calibrationFigure,
  confusionByThresholdFigures,
  confusionFigures,
  equityFigure,
  featureCorrelationFigure,
  foldScoresFigure,
  importanceFigures,
  learningCurvesFigure,
  precisionRecallFigure,
  probabilityFigure,
  rocFigure,
  thresholdScoresFigures,
} from './direction-figures.js'
import type { DirectionSplit } from './direction-split.js'
import { qualityParts } from './direction-quality.js'
import { foldTable, gateTable, scoreTable, tradingTable } from './direction-tables.js'
import { highestAuc, highestAucLabel, verdictKind } from './direction-verdict.js'
import type { FoldFit } from '../fits/fit-options.js'
import type { DirectionScores } from './score-direction.js'
import { tradesFigure } from './trade-figures.js'

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
  /** Where there is one: what the fits took, see `resourcesSection`. */
  readonly resources?: readonly ReportSection[]
  /** One line: what computed the LSTM. */
  readonly deviceBanner: string
  readonly seed: number
}

/** The direction job as a report: verdict first, then the way there. */
export function directionReport(input: DirectionReportInput): ReportSpec {
  const { bars, quality, source, X, certificate, labels, split, fits, scores, runId, resources = [], deviceBanner, seed } = input
  const { verdict, evaluation } = scores
  const best = highestAuc(evaluation)
  const threshold = scores.backtests[0]?.result.threshold ?? 0.5
  const [conclusion, ...found] = verdict.sentences
  const ofBest = found.filter((sentence) => best !== undefined && sentence.startsWith(best.model))
  const others = found.filter((sentence) => !ofBest.includes(sentence))
  const compared = counted(certificate.comparedValues, 'value')
  const checked = qualityParts(quality)
  return {
    title: `Will ${source.symbol} close higher in ${labels.horizonBars} bar${labels.horizonBars === 1 ? '' : 's'}?`,
    subtitle: `${source.title}, ${counted(source.rows, 'bar')} of ${source.timeframe}, ${source.from.slice(0, 10)} to ${source.to.slice(0, 10)}. Run ${runId}.`,
    // The conclusion stands large; what was found of the best model stands by it, of the others with the scores.
    verdict: { kind: verdictKind(scores), headline: conclusion!, sentences: ofBest },
    facts: [
      [highestAucLabel(best?.model, scores), best?.model ?? 'none'],
      ['AUC', best?.pooled.auc?.toFixed(4) ?? 'n/a'],
      ['Brier score', best?.pooled.brier?.toFixed(4) ?? 'n/a'],
      ['Test rows', evaluation.models[0]?.rows ?? 0],
      ['Folds', split.folds.length],
      ['Features', X.names.length],
      ['Leak certificate', certificate.clean ? `clean (${compared} compared)` : `${counted(certificate.leakCount, 'leak')}`],
      ['Seed', seed],
      ['Device', deviceBanner],
    ],
    sections: [
      {
        id: 'scores',
        title: 'Scores on later data',
        paragraphs: others.length === 0 ? [] : [others.map((sentence) => `- ${sentence}`).join('\n')],
        tables: [scoreTable(scores), gateTable(scores)],
        figures: [
          rocFigure(scores, labels),
          precisionRecallFigure(scores, labels),
          foldScoresFigure(scores),
          ...thresholdScoresFigures(scores, labels, best?.model),
        ],
        figuresPerRow: 2,
      },
      {
        id: 'equity',
        title: 'Equity after fees',
        tables: [tradingTable(scores)],
        figures: [equityFigure(scores), ...(best === undefined ? [] : [tradesFigure({ bars, scores })])],
      },
      {
        id: 'probabilities',
        title: 'Are the probabilities honest?',
        figures: [
          calibrationFigure(scores, labels),
          probabilityFigure(scores, threshold),
          ...confusionFigures(scores, labels),
          ...confusionByThresholdFigures(scores, labels, best?.model),
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
      ...resources,
      {
        id: 'data',
        title: 'Data, features and labels',
        paragraphs: [
          `Source: ${source.name}, sha256 \`${source.sha256}\`${source.origin === undefined ? '' : `, ${source.origin.licence}`}.`,
          `Leak certificate: ${compared} compared with what is computed without later bars, or with other ones: ${certificate.clean ? 'none changed' : certificate.checks.flatMap(({ leaks }) => leaks.map(describeLeak)).join('; ')}.`,
          ...checked.paragraphs,
          ...(X.dropped.length === 0 ? [] : [`Left out: ${X.dropped.map(({ name, reason }) => `${name} (${reason})`).join('; ')}.`]),
        ],
        tables: checked.tables,
        figures: [priceOverview(bars), candles(bars, { last: 300 }), labelBalance(labels, bars.time), featureCorrelationFigure(X)],
        figuresPerRow: 2,
      },
    ],
    glossary: reportTerms,
  }
}
