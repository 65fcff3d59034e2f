import { runLabel, type LoadedRun, type RunComparison } from '../../track/index.js'

/** Curves that are drawn over one another: one of each run, at most. */
export interface CurveGroup {
  /** For names of figures: `lightgbm`, `best`. */
  readonly id: string
  readonly title: string
  readonly members: readonly CurveMember[]
}

export interface CurveMember {
  /** Position of the run: its colour. */
  readonly run: number
  readonly model: string
  /** `A`, or `A lightgbm` where the models differ. */
  readonly label: string
}

/**
 * What is worth laying over one another: each model that several runs have; and the best model of each run where these are not one model.
 */
export function curveGroups({ runs, models }: RunComparison): CurveGroup[] {
  const groups = models
    .filter(({ role }) => role === 'model')
    .map(({ model, runs: scores }): CurveGroup => ({
      id: model,
      title: model,
      members: scores.flatMap((own, run) => (own === null ? [] : [{ run, model, label: runLabel(run) }])),
    }))
    .filter(({ members }) => members.length > 1)
  const best = runs.flatMap(({ best: of }, run): CurveMember[] =>
    of === undefined ? [] : [{ run, model: of.model, label: `${runLabel(run)} ${of.model}` }],
  )
  if (new Set(best.map(({ model }) => model)).size < 2) return groups
  return [...groups, { id: 'best-of-each', title: 'the best of each run', members: best }]
}

/** The predictions of a member; undefined where predictions.parquet has none of it. */
export const predictionsOf = (runs: readonly LoadedRun[], { run, model }: CurveMember): LoadedRun['predictions'][number] | undefined =>
  runs[run]!.predictions.find((own) => own.model === model)
