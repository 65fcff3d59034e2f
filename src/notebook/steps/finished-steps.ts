import type { KernelProcess } from '../kernel/kernel-client.js'
import type { NameDigest } from './kernel-side.js'
import type { PlannedCell } from './notebook-plan.js'

interface FinishedStep {
  readonly step: string
  readonly digests: Readonly<Record<string, NameDigest>>
  readonly folder: string
}

/** A step whose values are not what they were when it had ended. */
export interface ChangedStep {
  readonly step: string
  /** The first value that differs. */
  readonly name: string
  /** Where the step is kept. */
  readonly folder: string
}

/**
 * Keeps in mind what the values of the finished steps of a run were. Values that a step hands on are copies when it is taken over: where a later cell changes one in place, possibly
 * through another name for the same object, a run with copies need not give the same.
 */
export class FinishedSteps {
  readonly #steps: FinishedStep[] = []

  constructor(
    private readonly plan: readonly PlannedCell[],
    private readonly kernel: KernelProcess,
    private readonly runFolder: string,
  ) {}

  /** @param names of the values that are kept */
  async add(cell: PlannedCell, { folder, names }: { readonly folder: string; readonly names: readonly string[] }): Promise<void> {
    // A name that a later cell declares again means something else then; nobody can say what became of this value.
    const later = this.plan.slice(this.plan.indexOf(cell) + 1)
    const lasting = names.filter((name) => !later.some(({ declared, imports }) => declared.has(name) || imports.has(name)))
    this.#steps.push({ step: cell.step!, digests: await this.#digest(lasting), folder })
  }

  /** Those whose values have changed since. */
  async changed(): Promise<ChangedStep[]> {
    const found: ChangedStep[] = []
    for (const { step, digests, folder } of this.#steps) {
      const name = changedName(digests, await this.#digest(Object.keys(digests)))
      if (name !== undefined) found.push({ step, name, folder })
    }
    return found
  }

  #digest(names: readonly string[]): Promise<Record<string, NameDigest>> {
    return this.kernel.ask('digest', { names, runFolder: this.runFolder })
  }
}

/** The first name whose value is another one. */
export function changedName(before: Readonly<Record<string, NameDigest>>, after: Readonly<Record<string, NameDigest>>): string | undefined {
  const hash = (digest: NameDigest | undefined): string | undefined =>
    digest === undefined || digest.kind === 'opaque' ? digest?.kind : `${digest.kind} ${digest.hash}`
  return Object.keys(before).find((name) => hash(before[name]) !== hash(after[name]))
}
