import { existsSync, rmSync } from 'node:fs'
import { EXIT, displayPath, formatError, isInFolder, resolveUserPath, runsFolder, userFolder } from '../../core/index.js'
import { readTags } from '../../track/index.js'
import type { ParameterValues } from '../parameters.js'
import { fileState, isWatchable } from '../steps/input-files.js'
import { ChangedFiles } from './changed-files.js'
import { report, runJob, type JobOptions, type NotebookResult } from './run-job.js'
import { StopRequest } from './stop-request.js'

export interface WatchOptions extends Omit<JobOptions, 'dryRun' | 'onFiles'> {
  readonly parameters?: ParameterValues
  /** Is told of each round that has ended. */
  readonly onRound?: (result: NotebookResult) => void
}

/**
 * Runs a notebook, and again whenever it, a file of the project that it imports, or a file that it has read changes; unchanged steps are reused. A change while it runs
 * begins the next round at once. Of the rounds the last one stays as a run; those before go, unless they were tagged.
 * @returns the exit code of a door when it is asked to stop (SIGINT, SIGTERM, `signal`): that of the last round that ended
 */
export async function watchNotebook(notebook: string, { parameters = {}, onRound, ...options }: WatchOptions = {}): Promise<number> {
  const path = resolveUserPath(notebook)
  const stop = new StopRequest(undefined, options.signal)
  const say = (text: string): void => void (options.quiet === true || process.stdout.write(`${text}\n`))
  const files = new ChangedFiles()
  let last: NotebookResult | undefined
  try {
    while (stop.reason === undefined) {
      files.add([[path, fileState(path)]])
      const { result, changed } = await runUntilChanged(path, files, stop, { ...options, parameters })
      if (changed.length > 0) removeRun(result)
      else {
        removeRun(last)
        last = result
        onRound?.(result)
        if (stop.reason === undefined) say(`watching ${files.size} files; Ctrl-C ends`)
      }
      const next = changed.length > 0 ? changed : await files.next(stop.signal)
      if (next.length > 0) say(`\nchanged: ${next.map(displayPath).join(', ')}`)
    }
    return last?.exitCode ?? EXIT.interrupted
  } finally {
    stop.close()
  }
}

/** One round. @returns its result, and the files that changed while it ran: then it was stopped */
async function runUntilChanged(
  path: string,
  files: ChangedFiles,
  stop: StopRequest,
  { parameters, ...options }: JobOptions & { readonly parameters: ParameterValues },
): Promise<{ result: NotebookResult; changed: string[] }> {
  const round = new AbortController()
  const over = new AbortController()
  stop.signal.addEventListener('abort', () => (round.abort(stop.signal.reason), over.abort()), { once: true })
  const changed = files.next(over.signal).then((found) => {
    if (found.length > 0) round.abort()
    return found
  })
  const onFiles: JobOptions['onFiles'] = (found) => files.add(found.filter(([file]) => isWatchable(file) || isSource(file)))
  const result = await runRound(path, parameters, { ...options, signal: round.signal, onFiles })
  over.abort()
  return { result, changed: await changed }
}

async function runRound(path: string, parameters: ParameterValues, options: JobOptions): Promise<NotebookResult> {
  const result = await runJob({ path, parameters, userFolder: userFolder() }, options).catch((error: unknown): NotebookResult => ({
    notebook: displayPath(path),
    ...report(error),
  }))
  if (result.error !== undefined && result.status === 'failed' && options.quiet !== true)
    process.stderr.write(`${formatError(result.error)}\n`)
  return result
}

/** Source code counts where the notebook is made of it; what the compiler looks at besides is told by the type check. Files of runs change with every round. */
const isSource = (file: string): boolean => /\.(ts|json)$/.test(file) && !file.includes('/node_modules/') && !isInFolder(file, runsFolder())

function removeRun(result: NotebookResult | undefined): void {
  if (result?.folder === undefined || !existsSync(result.folder) || readTags(result.folder).length > 0) return
  rmSync(result.folder, { recursive: true, force: true })
}
