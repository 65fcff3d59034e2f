import { join } from 'node:path'
import { createRng, isLabError, LabError } from '../../core/index.js'
import { interruptedError } from '../../runtime/index.js'
import type { ModelSpec } from '../create-model.js'
import type { FitInput, FitReport, Model, Task } from '../model.js'
import type { StackKit } from './stack-kit.js'

/** One fit inside of a stack: a base on the rows of an inner fold, or on all training rows. */
export interface InnerFit {
  /** 'inner-0', 'final': with the base's name it names seed and checkpoint. */
  readonly part: string
  /** For messages: 'inner fold 1 of 4'. */
  readonly label: string
  readonly name: string
  readonly spec: ModelSpec
  readonly train: Int32Array
  readonly validation: Int32Array
}

export interface InnerFits {
  /** A fitted model, and what its fit reported. The caller closes it. */
  run(fit: InnerFit): Promise<{ readonly model: Model; readonly report: FitReport }>
  /** Libraries that computed the fits, and what their reports warned of; each once. */
  readonly backends: ReadonlySet<string>
  readonly warnings: ReadonlySet<string>
}

/** Fits the parts of a stack one after the other with what the stack was given: threads, memory, abort, progress as the number of the fit among all. */
export function innerFits(input: FitInput, kit: StackKit, totalSteps: number): InnerFits {
  const { train: all, sampleWeight, checkpoint, onProgress } = input
  const weightOf = new Map(sampleWeight === undefined ? [] : Array.from(all, (row, k) => [row, sampleWeight[k]!] as const))
  const backends = new Set<string>()
  const warnings = new Set<string>()
  let step = 0
  const run = async ({ part, label, name, spec, train, validation }: InnerFit) => {
    step += 1
    const model = kit.create(spec)
    try {
      if (input.signal?.aborted === true) throw interruptedError(`fit of ${name}, ${label}`)
      const report = await model.fit({
        ...input,
        ...{ train, validation, seed: createRng(input.seed, `stack/${name}/${part}`).int(2 ** 31 - 1) },
        ...(sampleWeight !== undefined && { sampleWeight: Float64Array.from(train, (row) => weightOf.get(row)!) }),
        ...(checkpoint !== undefined && { checkpoint: { ...checkpoint, folder: join(checkpoint.folder, `${part}-${name}`) } }),
        onProgress: ({ trainLoss, validationLoss }) =>
          onProgress?.({
            ...{ step, totalSteps },
            ...(trainLoss !== undefined && { trainLoss }),
            ...(validationLoss !== undefined && { validationLoss }),
          }),
      })
      backends.add(report.backend)
      for (const warning of report.warnings ?? []) warnings.add(`${name}, ${label}: ${warning}`)
      return { model, report }
    } catch (error) {
      await model.close()
      throw withPlace(error, `${name}, ${label}`)
    }
  }
  return { run, backends, warnings }
}

/** What a model predicts that a stack combines: probabilities, or values of a regression. @throws LabError `bad-prediction` */
export async function basePrediction(model: Model, task: Task, X: FitInput['X'], rows: Int32Array): Promise<Float64Array> {
  const predicted = await (task === 'regression' ? model.predict(X, rows) : model.predictProba(X, rows))
  const at = predicted.findIndex((value) => !Number.isFinite(value))
  if (at < 0) return predicted
  throw new LabError('bad-prediction', `A base of the stack predicts something that is not a number: ${model.kind}.`, {
    received: `${predicted[at]} for row ${rows[at]}`,
    expected: 'a finite number for each row',
    help: 'a smaller learning rate often helps where training diverged',
  })
}

/** The same error, saying which part of the stack it came from. An interruption is nobody's fault. */
function withPlace(error: unknown, place: string): unknown {
  if (!isLabError(error) || error.code === 'interrupted' || error.code === 'memory-limit') return error
  const { received, expected, help, exitCode } = error
  return new LabError(error.code, `${place}: ${error.message}`, {
    ...(received !== undefined && { received }),
    ...(expected !== undefined && { expected }),
    ...(help !== undefined && { help }),
    ...(exitCode !== undefined && { exitCode }),
    cause: error,
  })
}
