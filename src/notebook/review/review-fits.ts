import { isLabError } from '../../core/index.js'
import { allFeatures } from '../../features/index.js'
import { fitColumns, readFitPredictions, recordedSource, type LoadedRun, type SavedFit } from '../../track/index.js'
import { quoted, type NewCell } from '../notebook-cells.js'

/** True where the model of a fit is there, and the columns that it saw are those of the default engineer, or some of them. */
function canPredictAgain(fit: SavedFit): boolean {
  const known = new Set(allFeatures.map(({ name }) => name))
  try {
    return fitColumns(fit).every((name) => known.has(name))
  } catch (error) {
    // Pruned, or of another format: there is nothing to load.
    if (isLabError(error) && error.code === 'no-model') return false
    throw error
  }
}

/** True where each fit has its predictions, and they are probabilities: a regression has values of y. */
function predicts(fits: readonly SavedFit[]): boolean {
  try {
    return fits.every((fit) => readFitPredictions(fit).probability.every((value) => value >= 0 && value <= 1))
  } catch (error) {
    if (isLabError(error)) return false
    throw error
  }
}

/** Cells that show the fits of a run and let one of them predict again. The notebook has `run`, and `bars` where the run recorded its data. */
export function fitCells(run: LoadedRun): NewCell[] {
  const first = run.fits[0]!
  const again = recordedSource(run.record) !== undefined && canPredictAgain(first)
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
    ...(run.predictions.length > 0 || !predicts(run.fits)
      ? []
      : [
          {
            id: 'fit-predictions-title',
            markdown: 'The run did not come to its scores. What its finished fits said of their test rows:',
          },
          { id: 'fit-predictions', code: 'runProbabilities(run)' },
        ]),
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
const fit = run.fits.find(({ model, fold }) => model === choice.model && fold === choice.fold)!
const kept = readFitPredictions(fit)
const features = new FeatureEngineer().fitTransform(bars)
const X = selectColumns(features, Int32Array.from(fitColumns(fit), (name) => features.names.indexOf(name)))
const again = await model.predictProba(X, kept.rows)
await model.close()
table([{ ...choice, fold: choice.fold + 1, 'test rows': kept.rows.length, 'largest difference': again.reduce((most, p, i) => Math.max(most, Math.abs(p - kept.probability[i]!)), 0) }], { title: 'Loaded and predicting again' })`,
          },
        ]
      : []),
  ]
}
