import { displayBundle, escapeHtml, EXIT, inNotebook, isLabError } from '../core/index.js'
import { Run } from './run.js'
import type { PythonFacts } from './run-environment.js'
import { findUnfinishedRun, type UnfinishedRun } from './unfinished-run.js'

/** What a run is called and what it was asked. */
export interface OpenRunOptions {
  readonly name: string
  readonly parameters: Readonly<Record<string, unknown>>
  readonly seed?: number
  readonly python?: PythonFacts
  /** In JupyterLab: begin a new run, whatever lies there. Default false: go on with the one that was interrupted. */
  readonly fresh?: boolean
}

/** Environment variable by which the pipeline runner hands its run to the notebook's kernel. */
export const RUN_FOLDER_VARIABLE = 'BARLAB_RUN_FOLDER'

/** Environment variable by which a Jupyter server tells a kernel its notebook's path. */
const NOTEBOOK_VARIABLE = 'JPY_SESSION_NAME'

/**
 * The run this code belongs to:
 * - under the pipeline runner its run (the runner decides the status, `owned` is false; parameters and seed are added to it);
 * - in JupyterLab the run that this notebook began last with the same name, parameters and seed, if it was interrupted before it wrote metrics: what it has finished
 *   is reused. It says so; `fresh` begins a new one;
 * - else a new one of kind `notebook` (in a kernel) or `script`, which the caller ends with `run.finish`; an exported script ends those that its cells left open.
 * @throws LabError `run-unreadable` where the runner's folder is gone
 */
export async function openRun({ name, fresh = false, ...inputs }: OpenRunOptions): Promise<Run> {
  const folder = process.env[RUN_FOLDER_VARIABLE]
  if (folder !== undefined && folder !== '') {
    const run = await Run.attach(folder)
    await run.recordInputs(inputs)
    return run
  }
  const notebook = inNotebook() ? process.env[NOTEBOOK_VARIABLE] : undefined
  if (notebook === undefined || notebook === '')
    return remember(await Run.create({ name, kind: inNotebook() ? 'notebook' : 'script', ...inputs }))
  const unfinished = fresh ? undefined : findUnfinishedRun({ name, notebook, ...inputs })
  const resumed = unfinished === undefined ? undefined : await goOn(unfinished)
  return resumed ?? Run.create({ name, kind: 'notebook', notebook, ...inputs })
}

const opened: Run[] = []

function remember(run: Run): Run {
  opened.push(run)
  return run
}

/** Ends the runs that {@link openRun} began in this process and that nobody has ended: by what was thrown, else as `ok`. */
export async function finishOpenedRuns(thrown?: unknown): Promise<void> {
  for (const run of opened.splice(0)) {
    if (thrown === undefined) await run.finish('ok')
    else if (isLabError(thrown) && thrown.exitCode === EXIT.skipped) await run.finish('skipped', { error: thrown })
    else await run.fail(thrown)
  }
}

/** Undefined where another kernel was faster. */
async function goOn({ folder, record, own }: UnfinishedRun): Promise<Run | undefined> {
  try {
    const run = own ? Run.reopen(folder) : await Run.resume(folder)
    const text = `Going on with run ${run.id}, begun ${record.startedAt.slice(0, 16).replace('T', ' ')} UTC: fits that it has finished are reused. A new run instead: openRun({ ..., fresh: true })`
    displayBundle({ 'text/plain': text, 'text/html': `<div>${escapeHtml(text)}</div>` })
    return run
  } catch (error) {
    if (isLabError(error) && error.code === 'run-still-running') return undefined
    throw error
  }
}
