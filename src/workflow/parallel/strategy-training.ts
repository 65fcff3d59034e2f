import { existsSync } from 'node:fs'
import { EXIT, LabError, projectPath } from '../../core/index.js'
import type { ErrorJson } from '../../core/index.js'
import type { ChildContext } from '../../runtime/index.js'

/** A named training job, on data of its own. */
export interface StrategyTraining {
  readonly name: string
  /** TypeScript file, absolute or relative to the project, that exports `train: TrainStrategy`. */
  readonly module: string
  /** What its `train` gets: anything that can be sent between processes (typed arrays, NaN and Date arrive as they were). */
  readonly input?: unknown
  /** Host memory it is expected to hold at most. Default: the most that finished jobs of the same module held, before that {@link FIRST_GUESS_MB}. */
  readonly memoryMb?: number
  /** Default: the trainer's. */
  readonly timeoutMinutes?: number
}

/**
 * Trains one strategy in a process of its own. Long work looks at `signal` between steps; `send` reports progress to `onEvent`.
 * @returns what the summary keeps: figures, where the model lies. It must be able to go between processes
 */
export type TrainStrategy = (input: unknown, context: Pick<ChildContext, 'signal' | 'send'>) => Promise<unknown>

/** What the entry of the child gets. */
export interface StrategyJob {
  readonly module: string
  readonly input: unknown
}

/** How the training of a strategy ended. */
export type StrategyStatus = 'trained' | 'failed' | 'timed-out' | 'interrupted'

/** What became of one strategy. */
export interface StrategyResult {
  readonly name: string
  readonly status: StrategyStatus
  /** What its `train` returned; undefined unless trained. */
  readonly result: unknown
  /** undefined where it was trained. */
  readonly error: ErrorJson | undefined
  /** From the start of its process to its end; 0 where it was never started. */
  readonly seconds: number
  /** Most host memory its process held, sampled; undefined where that cannot be read or it ended too soon. */
  readonly peakMemoryMb: number | undefined
  /** 2 where its process was killed for want of memory and it was tried once more, alone. */
  readonly attempts: number
}

/** With Node, TensorFlow and the arrays of one dataset. */
export const FIRST_GUESS_MB = 700

/** @throws LabError `no-strategies`, `duplicate-strategy`, `no-module`, `bad-strategy` */
export function checkStrategies(strategies: readonly StrategyTraining[]): void {
  const bad = (code: string, message: string, received: string, expected: string): LabError =>
    new LabError(code, message, { received, expected, help: 'correct the list that train() gets', exitCode: EXIT.usage })
  if (strategies.length === 0) throw bad('no-strategies', 'There is nothing to train.', 'an empty list', 'at least one strategy')
  for (const [i, { name, module, memoryMb = 1, timeoutMinutes = 1 }] of strategies.entries()) {
    if (strategies.findIndex((other) => other.name === name) !== i)
      throw bad('duplicate-strategy', 'Two strategies have one name.', name, 'a name for each')
    const path = module.startsWith('/') ? module : projectPath(module)
    if (!existsSync(path))
      throw bad('no-module', `The module of strategy ${name} is not there.`, module, 'a TypeScript file that exports train()')
    for (const [what, value] of Object.entries({ memoryMb, timeoutMinutes }))
      if (!(value > 0 && value < Infinity))
        throw bad('bad-strategy', `A setting of strategy ${name} makes no sense.`, `${what} = ${value}`, 'a positive number')
  }
}
