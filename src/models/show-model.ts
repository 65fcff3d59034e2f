import { inspect } from 'node:util'
import { withDisplay, type MimeBundle } from '../core/index.js'
import type { Model } from './model.js'

/**
 * A model that shows itself where a notebook's cell ends with it: its kind and task, its parameters, and whether it is fitted.
 * @param params with all defaults; left out where they are not known
 */
export function showableModel(model: Model, params?: () => unknown): Model {
  return withDisplay(model, () => bundle(model, params))
}

function bundle(model: Model, params: (() => unknown) | undefined): MimeBundle {
  const importance = importanceOf(model)
  const lines = [
    `${model.kind} (${model.task})`,
    ...(params === undefined ? [] : [`  parameters: ${inspect(params(), { breakLength: Infinity, depth: 4 })}`]),
    ...(importance === undefined ? [] : [`  fitted on ${importance.length} columns`]),
    `  predict(X, rows), predictProba(X, rows), save(folder), close()${model.shapValues === undefined ? '' : ', shapValues(X, rows)'}`,
  ]
  return { 'text/plain': lines.join('\n') }
}

/** Undefined also of a model that is not fitted or is closed. */
function importanceOf(model: Model): Float64Array | undefined {
  try {
    return model.featureImportance()
  } catch {
    return undefined
  }
}
