import { calibrationTable, rocPoints } from '../../metrics/index.js'
import { evaluationOf, runLabel, type ComparedScores, type LoadedRun, type RunComparison, type RunEquities } from '../../track/index.js'
import { figure, type Figure } from '../figure.js'
import { seriesColor, seriesDash } from '../palette.js'
import { calibrationCurves } from '../plots/calibration-curves.js'
import { equityCurves } from '../plots/equity-curves.js'
import { foldScores } from '../plots/fold-scores.js'
import { rocCurves } from '../plots/roc-curves.js'
import { slug } from '../slug.js'
import { predictionsOf, type CurveGroup, type CurveMember } from './compare-groups.js'

/** A figure of one group under a name and title of its own, each run in its own colour however many have the model. */
function grouped(shown: Figure, group: CurveGroup, title: string, members: readonly CurveMember[]): Figure {
  const data = shown.data.map((trace) => {
    const at = members.findIndex(({ label }) => String(trace.legendgroup ?? trace.name).split(' ')[0] === label.split(' ')[0])
    if (at < 0) return trace
    const run = members[at]!.run
    const recolour = (part: unknown): object | undefined =>
      part === undefined
        ? undefined
        : { ...(part as object), color: seriesColor(run), ...('dash' in (part as object) && { dash: seriesDash(run) }) }
    return {
      ...trace,
      ...(trace.line !== undefined && { line: recolour(trace.line) }),
      ...(trace.marker !== undefined && { marker: recolour(trace.marker) }),
    }
  })
  return figure(`${shown.name}-${slug(group.id)}`, shown.caption, { data, layout: { ...shown.layout, title: { text: title } } })
}

const scoresOf = ({ models }: RunComparison, { run, model }: CurveMember): ComparedScores | null =>
  models.find((entry) => entry.model === model)?.runs[run] ?? null

/** Members with predictions of both classes. */
const drawn = (runs: readonly LoadedRun[], { members }: CurveGroup) =>
  members.flatMap((member) => {
    const own = predictionsOf(runs, member)
    return own === undefined || new Set(own.label).size < 2 ? [] : [{ member, own }]
  })

/** ROC curves over one another; undefined where no run of the group has predictions. */
export function comparedRoc(runs: readonly LoadedRun[], comparison: RunComparison, group: CurveGroup): Figure | undefined {
  const curves = drawn(runs, group).map(({ member, own }) => {
    const points = rocPoints(own.label, own.probability)
    const scores = scoresOf(comparison, member)
    return {
      model: member.label,
      fpr: points.map((point) => point.falsePositiveRate),
      tpr: points.map((point) => point.truePositiveRate),
      auc: scores?.auc ?? NaN,
      ...(scores?.lower != null && scores.upper != null && { low: scores.lower, high: scores.upper }),
    }
  })
  return curves.length === 0 ? undefined : grouped(rocCurves(curves), group, `ROC: ${group.title}`, group.members)
}

export function comparedCalibration(runs: readonly LoadedRun[], group: CurveGroup): Figure | undefined {
  const curves = drawn(runs, group).map(({ member, own }) => {
    const bins = calibrationTable(own.label, own.probability)
    return {
      model: member.label,
      predicted: bins.map((bin) => bin.meanPredicted),
      observed: bins.map((bin) => bin.observed),
      count: bins.map((bin) => bin.rows),
    }
  })
  return curves.length === 0 ? undefined : grouped(calibrationCurves(curves), group, `Calibration: ${group.title}`, group.members)
}

/** Equity of the runs over one another, beside buy-and-hold of the first; undefined where none has it. */
export function comparedEquity(equities: readonly RunEquities[], group: CurveGroup): Figure | undefined {
  const strategies = group.members.flatMap(({ run, model, label }) => {
    const result = equities[run]!.equity.find((own) => own.model === model)?.result
    return result === undefined ? [] : [{ name: label, run, result }]
  })
  if (strategies.length === 0) return undefined
  const { time, buyAndHold } = strategies[0]!.result
  const shown = equityCurves({
    strategies: strategies.map(({ name, result }) => ({ name, time: result.time, equity: result.equity })),
    benchmark: { name: `buy and hold (${runLabel(strategies[0]!.run)})`, time, equity: buyAndHold },
  })
  return grouped(shown, group, `Equity after fees: ${group.title}`, group.members)
}

/** AUC by fold. Folds are counted: where the runs cut them differently, the n-th are not of the same bars. */
export function comparedFolds(runs: readonly LoadedRun[], comparison: RunComparison, group: CurveGroup): Figure | undefined {
  const scored = group.members.flatMap((member) => {
    const entry = evaluationOf(runs[member.run]!.metrics)?.models.find(({ model }) => model === member.model)
    const scores = scoresOf(comparison, member)
    if (entry === undefined || scores === null) return []
    const overall = {
      value: scores.auc ?? NaN,
      ...(scores.lower !== null && scores.upper !== null && { low: scores.lower, high: scores.upper }),
    }
    return [{ model: member.label, folds: entry.folds.map((fold) => ({ value: fold.scores.auc ?? NaN })), overall }]
  })
  return scored.length === 0 ? undefined : grouped(foldScores(scored), group, `AUC by fold: ${group.title}`, group.members)
}
