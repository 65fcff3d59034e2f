import { allFeatures } from '../features/index.js'
import { recordedSource, type LoadedRun } from '../track/index.js'
import { quoted, type NewCell } from './notebook-cells.js'

/** True where the features that the fits saw are those of the default engineer; of a run without metrics they are taken to be. */
function hasDefaultFeatures({ metrics }: LoadedRun): boolean {
  const used = metrics?.features
  if (!Array.isArray(used)) return true
  const known = new Set(allFeatures.map(({ name }) => name))
  return used.every((name) => known.has(name as string))
}

/** Cells that show the fits of a run and let one of them predict again. The notebook has `run`, and `bars` where the run recorded its data. */
export function fitCells(run: LoadedRun): NewCell[] {
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
