import { loadTensorflow, type TensorflowDevice, type TensorflowFacts } from '../../src/native/tensorflow/index.js'
import { readGpuMemory, serveParent } from '../../src/runtime/index.js'
import { runRecurrentCase, type CaseResult, type RecurrentCase } from '../fixtures/recurrent-case.js'
import { runEnsemble, type EnsembleAnswer, type EnsembleTask } from './gpu-ensemble.js'
import { runTraining, type TrainingAnswer, type TrainingTask } from './gpu-training.js'
import { runThroughput, type ThroughputAnswer, type ThroughputTask } from './gpu-throughput.js'

export type GpuTask = { readonly device: TensorflowDevice } & (
  | { readonly kind: 'cases'; readonly stock: boolean; readonly cases: readonly RecurrentCase[] }
  | ({ readonly kind: 'training' } & TrainingTask)
  | ({ readonly kind: 'throughput' } & ThroughputTask)
  | ({ readonly kind: 'ensemble' } & EnsembleTask)
)

export interface MemoryHeld {
  /** On the card; undefined on the CPU. */
  readonly card?: { readonly usedBytes: number; readonly totalBytes: number }
  readonly hostBytes: number
}

/** What a task gave, where it ran, and what its process held at the end. */
export interface GpuAnswer {
  readonly facts: TensorflowFacts
  readonly memory: MemoryHeld
  readonly cases?: readonly CaseResult[]
  readonly training?: TrainingAnswer
  readonly throughput?: ThroughputAnswer
  readonly ensemble?: EnsembleAnswer
}

async function memoryHeld(): Promise<MemoryHeld> {
  const [card] = (await readGpuMemory([process.pid])) ?? []
  return { ...(card !== undefined && { card }), hostBytes: process.memoryUsage().rss }
}

serveParent(async (input): Promise<GpuAnswer> => {
  const task = input as GpuTask
  const loaded = await loadTensorflow({ device: task.device, requireDevice: true })
  const done = async (): Promise<Partial<GpuAnswer>> => {
    if (task.kind === 'training') return { training: await runTraining(loaded, task) }
    if (task.kind === 'ensemble') return { ensemble: await runEnsemble(task.device, task) }
    if (task.kind === 'throughput') return { throughput: await runThroughput(loaded, task) }
    const used = task.stock ? { tf: loaded.tf, facts: { ...loaded.facts, path: 'stock' as const } } : loaded
    return { cases: task.cases.map((one) => runRecurrentCase(used, one)) }
  }
  const answer = await done()
  return { facts: loaded.facts, memory: await memoryHeld(), ...answer }
})
