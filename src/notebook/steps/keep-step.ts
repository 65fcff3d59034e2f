import { readFileSync } from 'node:fs'
import type { Run } from '../../track/index.js'
import type { NotebookOutput } from '../batch/cell-outputs.js'
import type { KernelProcess } from '../kernel/kernel-client.js'
import type { CellUse } from '../kernel/protocol.js'
import { changedName, type FinishedSteps } from './finished-steps.js'
import { readInputs, strayOutput } from './input-files.js'
import type { NameDigest } from './kernel-side.js'
import { neededLater, type PlannedCell } from './notebook-plan.js'
import { jsonWithoutRun } from './run-names.js'
import { productsSince, readRunState, type RunState } from './run-products.js'
import type { StepKey } from './step-key.js'
import { dropEntry, newEntry, storeStep, valuesFile } from './step-store.js'
import { changedSurroundings } from './surroundings.js'

/** A step that is about to run, remembered for {@link keepStep}. */
export interface StartedStep {
  readonly key: StepKey
  readonly digests: Readonly<Record<string, NameDigest>>
  readonly before: RunState
  /** What the kernel said before it ran. */
  readonly use: CellUse
}

/** What keeping a step needs of the run that it belongs to. */
export interface KeepContext {
  readonly plan: readonly PlannedCell[]
  readonly kernel: KernelProcess
  readonly run: Run
  readonly finished: FinishedSteps
  digestsOf(cell: PlannedCell): Promise<Record<string, NameDigest>>
  keyOf(cell: PlannedCell, digests: Readonly<Record<string, NameDigest>>, use: CellUse): StepKey
}

/**
 * Keeps a step that has just run, where taking it over would be the same as running it.
 * @returns why it would not be; undefined where it is kept
 */
export async function keepStep(
  context: KeepContext,
  cell: PlannedCell,
  started: StartedStep,
  outputs: readonly NotebookOutput[],
  seconds: number,
): Promise<string | undefined> {
  const { kernel, run, plan } = context
  const use = await kernel.ask('use', null)
  const { key } = started
  if ('why' in key) return key.why
  const stray = strayOutput(use, run.folder)
  if (stray !== undefined) return `it writes ${stray}, outside the run folder`
  const surroundings = changedSurroundings(started.use, use)
  if (surroundings !== undefined) return `it changes ${surroundings}`
  const required = neededLater(plan, cell)
  const code = required.find((name) => cell.code.has(name))
  if (code !== undefined) return `${code} is code that later cells use: give it a cell of its own`
  const digests = await context.digestsOf(cell)
  const changed = changedName(started.digests, digests)
  if (changed !== undefined) return `it changes ${changed}, a value of another cell`
  const now = context.keyOf(cell, digests, use)
  if ('why' in now) return now.why
  if (readRunState(run).ended) return 'it ends the run'
  return await store(context, cell, { ...key, started, use, required, outputs, seconds })
}

async function store(
  context: KeepContext,
  cell: PlannedCell,
  about: {
    key: string
    files: ReadonlyMap<string, string>
    started: StartedStep
    use: CellUse
    required: readonly string[]
    outputs: readonly NotebookOutput[]
    seconds: number
  },
): Promise<string | undefined> {
  const { started, use, required, seconds } = about
  const { kernel, run } = context
  const runFolder = run.folder
  const products = productsSince(run, started.before, cell.step!, use.sections)
  if ('why' in products) return products.why
  const naming = products.files.find((file) => readFileSync(run.path(file)).includes(run.id))
  if (naming !== undefined) return `${naming} holds the id of the run`
  const read = await readInputs(use, runFolder, products.files, about.files)
  if ('changed' in read) return `${read.changed} was changed while the step ran`
  const entry = newEntry()
  try {
    const names = [...cell.declared].filter((name) => !cell.code.has(name))
    const others = Object.keys(started.digests).filter((name) => started.digests[name]!.kind === 'value')
    const answer = await kernel.ask('keep', { names, required, others, runFolder, file: valuesFile(entry) })
    if ('why' in answer) return answer.why
    if (kernel.lateErrors.length > 0) return 'something that it left running has failed'
    const texts = jsonWithoutRun({ outputs: about.outputs, sections: products.sections, events: products.events }, runFolder)
    const kept = {
      step: cell.step!,
      run: run.id,
      seconds,
      inputs: read.inputs,
      files: products.files,
      names: answer.stored,
      shared: answer.shared,
      ...texts,
    }
    const folder = await storeStep(about.key, entry, kept, runFolder)
    await context.finished.add(cell.step!, { folder, names: answer.stored, shared: answer.shared })
    return undefined
  } finally {
    dropEntry(entry)
  }
}
