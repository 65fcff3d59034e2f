import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { LabError, systemClock } from '../../core/index.js'
import { createModel, type Task } from '../../models/index.js'
import { serveParent, type ChildContext, type MemoryLevel } from '../../runtime/index.js'
import { Sidecar } from '../../sidecar/index.js'
import { removeCheckpoints } from './fit-checkpoints.js'
import { readFitInputs, type FitInputs } from './fit-inputs.js'
import type { FitJob, FitMessage } from './fit-job.js'
import type { WorkerNews } from './fit-memory.js'
import { sealFit, writePredictions } from './fit-store.js'

/*
 * Entry of a fit worker: one model fit at a time, each written to its folder. Inputs and the Python child are kept between jobs; neither
 * carries anything from one fit to the next.
 */
let inputs: { readonly path: string; readonly value: FitInputs } | undefined
let sidecar: { readonly threads: number; readonly value: Promise<Sidecar> } | undefined

function loadInputs(path: string): FitInputs {
  if (inputs?.path !== path) inputs = { path, value: readFitInputs(path) }
  return inputs.value
}

async function shareSidecar(threads: number): Promise<Sidecar> {
  if (sidecar?.threads !== threads) {
    await closeSidecar()
    sidecar = { threads, value: Sidecar.open({ threads }) }
  }
  const mine = sidecar
  try {
    return await mine.value
  } catch (error) {
    if (sidecar === mine) sidecar = undefined
    throw error
  }
}

async function closeSidecar(): Promise<void> {
  await (await sidecar?.value)?.close()
  sidecar = undefined
}

async function fit(job: FitJob, { signal, send, told }: ChildContext): Promise<void> {
  const started = systemClock.monotonic()
  const { X, y, sampleWeight, labelEndTime } = loadInputs(job.inputs)
  const model = createModel(job.spec, { device: job.device, requireDevice: job.requireDevice, sidecar: shareSidecar })
  try {
    const { train, validation, test, seed, threads, checkpoint } = job
    const tell = (message: FitMessage): void => send(message)
    const report = await model.fit({
      ...{ X, y, train, validation, seed, threads, signal },
      ...(sampleWeight !== undefined && { sampleWeight: Float64Array.from(train, (row) => sampleWeight[row]!) }),
      ...(labelEndTime !== undefined && { labelEndTime }),
      ...(checkpoint !== undefined && { checkpoint }),
      memory: { poll: () => memoryLevel(job, told() as WorkerNews | undefined) },
      onProgress: (progress) => tell({ progress }),
      onNotice: (notice) => tell({ notice }),
    })
    const proba = await (model.task === 'regression' ? model.predict(X, test) : model.predictProba(X, test))
    checkPredictions(model.task, proba, test)
    signal.throwIfAborted()
    mkdirSync(join(job.workFolder, 'model'), { recursive: true })
    await model.save(join(job.workFolder, 'model'))
    writePredictions(job.workFolder, test, proba)
    const importance = model.featureImportance()
    sealFit(job.workFolder, job.folder, {
      key: job.key,
      fold: job.fold,
      model: job.model,
      spec: job.spec,
      seed,
      threads,
      report,
      importance: importance === undefined ? null : [...importance],
      testRows: test.length,
      seconds: Math.round(systemClock.monotonic() - started) / 1000,
    })
    if (checkpoint !== undefined) removeCheckpoints(checkpoint.folder)
  } finally {
    await model.close()
  }
}

/** A fit that was killed for want of memory must not begin as it did. */
const memoryLevel = ({ shortOfMemory = false }: FitJob, news: WorkerNews | undefined): MemoryLevel =>
  shortOfMemory ? 'shrink' : (news?.memory ?? 'ok')

/** A model that learned nonsense must not reach the scores. */
function checkPredictions(task: Task, proba: Float64Array, test: Int32Array): void {
  const isGood = task === 'regression' ? Number.isFinite : (p: number): boolean => p >= 0 && p <= 1
  const at = proba.findIndex((p) => !isGood(p))
  if (at >= 0 || proba.length !== test.length)
    throw new LabError(
      'bad-prediction',
      `The fitted model predicts something that is not a ${task === 'regression' ? 'number' : 'probability'}.`,
      {
        received: at >= 0 ? `${proba[at]} for row ${test[at]}` : `${proba.length} predictions for ${test.length} rows`,
        expected: `one ${task === 'regression' ? 'finite number' : 'number from 0 to 1'} for each test row`,
        help: 'a smaller learning rate often helps where training diverged',
      },
    )
}

serveParent((input, context) => fit(input as FitJob, context), closeSidecar)
