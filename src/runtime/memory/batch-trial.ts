import { pathToFileURL } from 'node:url'
import { LabError, projectPath } from '../../core/index.js'
import { serveParent } from '../child-entry.js'

/** What `probeBatchSize` sends. */
export interface BatchTrial {
  /** TypeScript file, absolute or relative to the project. */
  readonly module: string
  readonly name: string
  readonly batchSize: number
  readonly input: unknown
}

type TryBatch = (batchSize: number, input: unknown, signal: AbortSignal) => unknown

/** Child process of `probeBatchSize`: calls the function with one batch size; coming back at all means that the batch fits. */
serveParent(async (order, { signal }) => {
  const { module, name, batchSize, input } = order as BatchTrial
  const path = module.startsWith('/') ? module : projectPath(module)
  const loaded = (await import(pathToFileURL(path).href)) as Record<string, unknown>
  const tryBatch = loaded[name]
  if (typeof tryBatch !== 'function')
    throw new LabError('no-such-function', 'The module for trying batch sizes has no such function.', {
      received: `${module}: ${name}`,
      expected: `one of: ${Object.keys(loaded).join(', ')}`,
    })
  await (tryBatch as TryBatch)(batchSize, input, signal)
  return { maxResidentBytes: process.resourceUsage().maxRSS * 1024 }
})
