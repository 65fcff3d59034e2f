import { existsSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { displayPath, formatError, isLabError } from '../../core/index.js'
import { cacheFolder } from '../../native/installed.js'
import { readEvents, type Run } from '../../track/index.js'
import type { NotebookOutput } from '../batch/cell-outputs.js'
import type { KernelProcess } from '../kernel/kernel-client.js'
import type { CellUse } from '../kernel/protocol.js'
import { FinishedSteps } from './finished-steps.js'
import { keepStep, type KeepContext, type StartedStep } from './keep-step.js'
import { ModuleCode, fileHash } from './module-code.js'
import { neededLater, type PlannedCell } from './notebook-plan.js'
import { readRunState } from './run-products.js'
import { copyProducts, dropEntry, findStep, pruneSteps, valuesFile, type StoredStep } from './step-store.js'
import { nameSources, stepKey, type StepKey } from './step-key.js'
import type { NameDigest } from './kernel-side.js'

export interface StepOptions {
  /** Steps from this one on run again. */
  readonly from?: string
  /** Every step runs again. */
  readonly force?: boolean
}

/** What became of a step, as run.json says it under `steps`. */
export type StepReport =
  { readonly reused: string; readonly secondsSaved: number } | { readonly seconds: number; readonly kept: boolean; readonly why?: string }

const MAX_STORE_BYTES = 5 * 2 ** 30
const MAX_STORE_AGE_MS = 30 * 86_400_000

/**
 * Keeps finished steps of a notebook and finds them again. A step is reused when all that decides about it is unchanged (stepKey, and the files it read); then its variables,
 * its outputs and what it left in the run folder are put there as if it had run.
 */
export class StepKeeper {
  readonly reports: Record<string, StepReport> = {}
  readonly #finished: FinishedSteps
  readonly #keeping: KeepContext
  readonly #code = new ModuleCode(join(cacheFolder(), 'module-links.bin'))

  private constructor(
    private readonly plan: readonly PlannedCell[],
    private readonly kernel: KernelProcess,
    private readonly run: Run,
    private readonly notebookPath: string,
    private readonly options: StepOptions,
    private readonly environment: Readonly<Record<string, string | undefined>>,
  ) {
    this.#finished = new FinishedSteps(kernel, run.folder)
    this.#keeping = {
      ...{ plan, kernel, run, finished: this.#finished },
      digestsOf: (cell) => this.#digests(cell),
      keyOf: (cell, digests, use) => this.#keyOf(cell, digests, use),
    }
  }

  /** @param given `options.from` is checked, see checkFrom @returns undefined for a notebook without steps */
  static create(given: {
    plan: readonly PlannedCell[]
    kernel: KernelProcess
    run: Run
    notebookPath: string
    options: StepOptions
    environment: Readonly<Record<string, string | undefined>>
  }): StepKeeper | undefined {
    const { plan, kernel, run, notebookPath, options, environment } = given
    return plan.some(({ step }) => step !== undefined) ? new StepKeeper(plan, kernel, run, notebookPath, options, environment) : undefined
  }

  /** Looks a step up and, where it is there, puts it in place. @returns the reused step, or what {@link keep} needs after it has run */
  async begin(cell: PlannedCell): Promise<{ readonly reused: StoredStep } | { readonly started: StartedStep; readonly note?: string }> {
    const digests = await this.#digests(cell)
    const use = await this.kernel.ask('use', null)
    const key = this.#keyOf(cell, digests, use)
    const started = { digests, key, use, before: readRunState(this.run) }
    if ('why' in key || this.#mustRun(cell)) return { started }
    const needed = neededLater(this.plan, cell)
    const stored = await findStep(key.key, this.run.folder, needed)
    if (!('folder' in stored)) return { started, ...(stored.changed !== undefined && { note: `${stored.changed} has changed` }) }
    const failure = await this.#adopt(cell, stored).catch((error: unknown) => {
      // Removed by another process between finding and copying: then it runs.
      if (isMissingFile(error)) return 'it was removed by another process'
      if (isLabError(error) && error.code === 'kernel-question-failed') return 'its values could not be read back'
      throw error
    })
    if (failure !== undefined) return { started, note: failure }
    await this.#finished.add(cell.step!, stored)
    return { reused: stored }
  }

  /** The key of a step, unless code behind it is not what the kernel has loaded: then its result would be kept under the wrong name. */
  #keyOf(cell: PlannedCell, digests: Readonly<Record<string, NameDigest>>, use: CellUse): StepKey {
    const { plan, environment } = this
    const inKernel = use.environment
    const key = stepKey(cell, { plan, code: this.#code, folder: dirname(this.notebookPath), digests, environment, inKernel })
    if ('why' in key) return key
    for (const [file, hash] of key.files) {
      const loaded = use.texts[file] ?? []
      if (!existsSync(file) || fileHash(file) !== hash || loaded.some((one) => one !== hash))
        return { why: `${displayPath(file)} was changed while this notebook runs` }
    }
    return key
  }

  /** Keeps a step that has run, where that can be done. @returns why not; undefined where it was kept */
  async keep(cell: PlannedCell, started: StartedStep, outputs: readonly NotebookOutput[], seconds: number): Promise<string | undefined> {
    const why = await keepStep(this.#keeping, cell, started, outputs, seconds).catch((error: unknown) =>
      // The step has run; that it is not kept is only a matter of time for the next run.
      isLabError(error) ? `${error.message} ${error.received ?? ''}`.trim() : formatError(error),
    )
    this.reports[cell.step!] = { seconds, kept: why === undefined, ...(why !== undefined && { why }) }
    return why
  }

  /**
   * At the end of the notebook: steps whose values a later cell has changed in place are let go, since a run that takes them over need not give the same; so are those that nobody
   * has used for long. Never throws: the notebook has run.
   * @returns a sentence for each step that was let go
   */
  async close(): Promise<string[]> {
    const warnings: string[] = []
    try {
      for (const { step, name, folder } of await this.#finished.changed()) {
        dropEntry({ folder })
        const reused = this.#wasReused(step) ? '; it was in this run: --force gives the result of all cells' : ''
        warnings.push(`step ${step}: a later cell changes ${name} in place. It is not reused from here on${reused}`)
      }
      this.#code.save()
      pruneSteps({ maxBytes: MAX_STORE_BYTES, maxAgeMs: MAX_STORE_AGE_MS })
    } catch {
      // A kernel that is gone, a store that another process is changing: what matters has been written.
    }
    return warnings
  }

  #wasReused(step: string): boolean {
    const report = this.reports[step]
    return report !== undefined && 'reused' in report
  }

  #mustRun(cell: PlannedCell): boolean {
    if (this.options.force === true) return true
    const from = this.plan.findIndex(({ step }) => step !== undefined && step === this.options.from)
    return from >= 0 && this.plan.indexOf(cell) >= from
  }

  /** Digests of the variables that a cell mentions and, where one is a function, of those that this may reach. */
  async #digests(cell: PlannedCell): Promise<Record<string, NameDigest>> {
    const digests: Record<string, NameDigest> = {}
    const visited = new Set<PlannedCell>()
    for (let cells = [cell]; cells.length > 0;) {
      for (const one of cells) visited.add(one)
      const sources = new Map(cells.flatMap((one) => [...nameSources(this.plan, one, cell).variables]))
      const names = [...sources.keys()].filter((name) => digests[name] === undefined)
      const found = await this.kernel.ask('digest', { names, runFolder: this.run.folder })
      Object.assign(digests, found)
      const functions = Object.keys(found).filter((name) => found[name]!.kind === 'code')
      cells = [...new Set(functions.map((name) => sources.get(name)!))].filter((one) => !visited.has(one))
    }
    return digests
  }

  async #adopt(cell: PlannedCell, stored: StoredStep): Promise<string | undefined> {
    copyProducts(stored, this.run.folder)
    const { run } = this
    const reply = await this.kernel.ask('adopt', {
      source: cell.source,
      importText: cell.importText,
      file: valuesFile(stored),
      runFolder: run.folder,
    })
    if (reply.status === 'error') return `its values could not be read back: ${reply.evalue}`
    for (const [section, value] of Object.entries(stored.sections)) await run.record(section, value)
    // A run that goes on has them already, be they its own or taken over before.
    const has = stored.run === run.id || readEvents(run.folder).some(({ type, step }) => type === 'step-reused' && step === cell.step)
    if (!has) for (const { time: _time, type, ...data } of stored.events) run.event(type, data)
    this.reports[cell.step!] = { reused: stored.run, secondsSaved: stored.seconds }
    return undefined
  }
}

const isMissingFile = (error: unknown): boolean => (error as NodeJS.ErrnoException | null)?.code === 'ENOENT'
