import { inNotebook } from '../core/index.js'
import { Run } from './run.js'
import type { PythonFacts } from './run-environment.js'

export interface OpenRunOptions {
  readonly name: string
  readonly parameters: Readonly<Record<string, unknown>>
  readonly seed?: number
  readonly python?: PythonFacts
}

/** Environment variable by which the pipeline runner hands its run to the notebook's kernel. */
export const RUN_FOLDER_VARIABLE = 'BARLAB_RUN_FOLDER'

/**
 * The run this code belongs to: under the pipeline runner its run (the runner decides the status, `owned` is false; parameters and seed are added to it),
 * else a new one of kind `notebook` (in a kernel) or `script`, which the caller ends with `run.finish`.
 * @throws LabError `run-unreadable` where the runner's folder is gone
 */
export async function openRun({ name, ...inputs }: OpenRunOptions): Promise<Run> {
  const folder = process.env[RUN_FOLDER_VARIABLE]
  if (folder === undefined || folder === '') return Run.create({ name, kind: inNotebook() ? 'notebook' : 'script', ...inputs })
  const run = await Run.attach(folder)
  await run.recordInputs(inputs)
  return run
}
