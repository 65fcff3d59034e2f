import { rmSync } from 'node:fs'
import { join } from 'node:path'
import { interruptSignal, LabError, resolveUserPath } from '../../core/index.js'
import { checkpointFolder, removeCheckpoints, sweepCheckpoints } from './fit-checkpoints.js'
import { describeFailure } from './fit-failure.js'
import { modelCost } from '../../models/index.js'
import { writeFitInputs } from './fit-inputs.js'
import type { FitJob, PlannedFit } from './fit-job.js'
import { checkFitOptions, type FitEvent, type FitOptions, type FitProblem, type FoldFit } from './fit-options.js'
import { runFitJobs } from './fit-pool.js'
import { readFit, type StoredFit } from './fit-store.js'
import { openWorkFolder, sweepWorkFolders } from './fit-work-folder.js'
import { planFits } from './plan-fits.js'
import { showableFits } from './show-fits.js'

/** Fits every model in every fold of every problem, or takes what is stored: problem by problem, fold by fold, models in their order. */
export async function fitProblems(problems: readonly FitProblem[], options: FitOptions): Promise<FoldFit[]> {
  checkFitOptions(options, problems)
  const { onEvent } = options
  // Workers have another working directory.
  const runFolder = resolveUserPath(options.runFolder)
  const fits = join(runFolder, 'fits')
  const plan = await planFits(problems, options, fits)
  await sweepWorkFolders(fits)
  sweepCheckpoints(runFolder, new Set(plan.map(({ key }) => key)), options.checkpoints?.keepDays)
  const stored = new Map<string, { readonly fit: StoredFit; readonly reused: boolean }>()
  for (const planned of plan) {
    const { key, folder } = planned
    const found = readFit(folder)
    if (typeof found === 'string') {
      onEvent?.({ ...subject(planned), type: 'fit-discarded', reason: found })
      rmSync(folder, { recursive: true, force: true })
    } else if (found !== undefined) {
      onEvent?.({ ...subject(planned), type: 'fit-reused', seconds: found.manifest.seconds })
      stored.set(key, { fit: found, reused: true })
      removeCheckpoints(checkpointFolder(runFolder, key))
    }
  }
  // Two symbols with the same bars are one fit.
  const open = [...new Map(plan.filter(({ key }) => !stored.has(key)).map((planned) => [planned.key, planned])).values()]
  await fitOpen(open, fits, problems, options, (key, fit) => stored.set(key, { fit, reused: false }))
  return showableFits(plan.map((planned) => toFoldFit(planned, stored.get(planned.key)!)))
}

const subject = ({ symbol, fold, model }: PlannedFit): Pick<FitEvent, 'symbol' | 'fold' | 'model'> => ({
  ...(symbol !== undefined && { symbol }),
  fold,
  model,
})

async function fitOpen(
  open: readonly PlannedFit[],
  fits: string,
  problems: readonly FitProblem[],
  { workers, signal = interruptSignal(), memory, reuse, onEvent }: FitOptions,
  keep: (key: string, fit: StoredFit) => void,
): Promise<void> {
  if (open.length === 0) return
  const work = openWorkFolder(fits)
  try {
    const inputs: Record<number, string> = {}
    for (const p of new Set(open.map(({ problem }) => problem))) {
      const own = join(work.path, `inputs-${p}.bin`)
      if (reuse === undefined) writeFitInputs(own, problems[p]!)
      inputs[p] = reuse?.inputsFile(problems[p]!) ?? own
    }
    // Long ones first, so that no worker is left with one at the end.
    const jobs = [...open]
      .sort((a, b) => modelCost(b.spec.kind) - modelCost(a.spec.kind) || b.train.length - a.train.length)
      .map((planned): FitJob => ({ ...planned, inputs: inputs[planned.problem]!, workFolder: join(work.path, planned.key) }))
    await runFitJobs(jobs, {
      workers,
      onWorker: (pid) => work.addWorker(pid),
      ...(signal !== undefined && { signal }),
      ...(memory !== undefined && { memory }),
      ...(reuse !== undefined && { reuse }),
      onStart: (job) => onEvent?.({ ...subject(job), type: 'fit-started' }),
      onMessage: (job, message) =>
        onEvent?.({
          ...subject(job),
          ...('progress' in message ? { type: 'fit-progress', ...message } : { type: 'fit-notice', ...message }),
        }),
      onRetry: (job, reason) => onEvent?.({ ...subject(job), type: 'fit-retried', reason }),
      onDone: (job) => {
        const fit = readFit(job.folder)
        if (fit === undefined || typeof fit === 'string')
          throw new LabError('fit-lost', 'A finished fit cannot be read back.', { received: fit ?? 'no folder', expected: job.folder })
        keep(job.key, fit)
        onEvent?.({ ...subject(job), type: 'fit-finished', seconds: fit.manifest.seconds, report: fit.manifest.report })
      },
      describeFailure: (job, error) => (memory?.signal.aborted === true ? (memory.signal.reason as LabError) : describeFailure(job, error)),
    })
  } finally {
    work.remove()
  }
}

function toFoldFit(planned: PlannedFit, { fit, reused }: { readonly fit: StoredFit; readonly reused: boolean }): FoldFit {
  const { report, importance, seconds } = fit.manifest
  return {
    ...subject(planned),
    ...{ rows: fit.rows, proba: fit.proba, report, folder: planned.folder, reused, seconds },
    importance: importance === null ? undefined : Float64Array.from(importance),
  }
}
