import { pathToFileURL } from 'node:url'
import { LabError, projectPath } from '../../core/index.js'
import { serveParent } from '../../runtime/index.js'
import type { StrategyJob, TrainStrategy } from './strategy-training.js'

/* Entry of the process of one strategy: loads its module and calls `train`. */
serveParent(async (job, { signal, send }) => {
  const { module: path, input } = job as StrategyJob
  const loaded = (await import(pathToFileURL(path.startsWith('/') ? path : projectPath(path)).href)) as { train?: TrainStrategy }
  if (typeof loaded.train !== 'function')
    throw new LabError('no-train', 'The module of a strategy has no function train.', {
      received: `${path}: ${Object.keys(loaded).join(', ') || 'no exports'}`,
      expected: 'export const train: TrainStrategy = async (input, { signal, send }) => ...',
    })
  return loaded.train(input, { signal, send })
})
