import type { LongFlatResult } from '../../backtest/index.js'
import { displayBundle, displayPath } from '../../core/index.js'
import { writeParquet } from '../../data/index.js'
import { writeReport } from '../../report/index.js'
import { describeFolds } from '../../split/index.js'
import type { Run } from '../../track/index.js'
import { directionReport, type DirectionReportInput } from './direction-report.js'
import type { FoldFit } from '../fits/fit-options.js'
import { resourcesSection } from '../fits/resources-section.js'

export interface SaveDirectionInput extends Omit<DirectionReportInput, 'runId' | 'resources'> {
  readonly run: Run
}

/**
 * Writes what a direction run leaves: `predictions.parquet` (one row a test bar and model), `metrics.json` (nothing in it depends on time, path or workers),
 * `report.html`, and the outcome in run.json; then ends the run. Each file is written whole or not at all, the outcome last.
 */
export async function saveDirection(input: SaveDirectionInput): Promise<void> {
  const { run, X, certificate, labels, split, fits, scores, source } = input
  await writePredictions(run.path('predictions.parquet'), input)
  run.writeMetrics({
    dataset: { name: source.name, sha256: source.sha256, symbol: source.symbol, rows: source.rows },
    features: X.names,
    leaks: { clean: certificate.clean, comparedValues: certificate.comparedValues, checks: certificate.checks },
    label: { name: labels.name, horizonBars: labels.horizonBars },
    folds: describeFolds(split.folds, input.bars.time),
    fits: fits.map(({ fold, model, report }) => ({ fold, model, steps: report.steps, bestStep: report.bestStep })),
    evaluation: scores.evaluation,
    trading: scores.backtests.map(({ model, result }) => ({ model, ...summary(result) })),
    gates: scores.gates,
    verdict: scores.verdict,
  })
  const report = run.path('report.html')
  writeReport(report, directionReport({ ...input, runId: run.id, resources: resourcesSection(run) }))
  const headline = scores.verdict.sentences[0]!
  await run.finish('ok', {
    outcome: {
      headline,
      result: scores.verdict.outcome,
      gatesPassed: scores.gates.filter(({ pass }) => pass).map(({ model }) => model),
      report: 'report.html',
    },
  })
  displayBundle({ 'text/plain': `Report: ${displayPath(report)}`, 'text/markdown': `Report: \`${displayPath(report)}\`` })
}

const summary = ({ threshold, feeRate, net, gross, hold, exposure, fills, turnoverPerYear }: LongFlatResult): object => ({
  threshold,
  feeRate,
  net,
  gross,
  hold,
  exposure,
  fills,
  turnoverPerYear,
})

async function writePredictions(path: string, { bars, labels, fits }: SaveDirectionInput): Promise<void> {
  const each = <T>(of: (fit: FoldFit, k: number) => T): T[] => fits.flatMap((fit) => Array.from(fit.rows, (_, k) => of(fit, k)))
  await writeParquet(path, [
    { name: 'time', type: 'time', values: Float64Array.from(each(({ rows }, k) => bars.time[rows[k]!]!)) },
    { name: 'fold', type: 'integer', values: Int32Array.from(each(({ fold }) => fold)) },
    { name: 'model', type: 'text', values: each(({ model }) => model) },
    { name: 'probability', type: 'number', values: Float64Array.from(each(({ proba }, k) => proba[k]!)) },
    { name: 'label', type: 'number', values: Float64Array.from(each(({ rows }, k) => labels.y[rows[k]!]!)) },
    { name: 'label_end', type: 'time', values: Float64Array.from(each(({ rows }, k) => labels.endTime[rows[k]!]!)) },
  ])
}
