import type { KernelProcess } from '../kernel/kernel-client.js'
import type { NameDigest } from './kernel-side.js'

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
 * Keeps in mind what the values of the finished steps of a run were, and those of other cells that share objects with them. Values that a step hands on are copies when it is
 * taken over: where a later cell changes one in place, possibly through another name for the same object, a run with copies need not give the same.
 */
export class FinishedSteps {
  readonly #steps: FinishedStep[] = []

  constructor(
    private readonly kernel: KernelProcess,
    private readonly runFolder: string,
  ) {}

  /** @param names of the values that are kept @param shared names of values of other cells, see KeptStep */
  async add(
    step: string,
    { folder, names, shared }: { folder: string; names: readonly string[]; shared: readonly string[] },
  ): Promise<void> {
    await this.kernel.ask('hold', { step, names: [...names, ...shared] })
    this.#steps.push({ step, digests: await this.#digest(step, [...names, ...shared]), folder })
  }

  /** Those whose values have changed since. */
  async changed(): Promise<ChangedStep[]> {
    const found: ChangedStep[] = []
    for (const { step, digests, folder } of this.#steps) {
      const name = changedName(digests, await this.#digest(step, Object.keys(digests)))
      if (name !== undefined) found.push({ step, name, folder })
    }
    return found
  }

  #digest(step: string, names: readonly string[]): Promise<Record<string, NameDigest>> {
    return this.kernel.ask('digest', { names, runFolder: this.runFolder, heldBy: step })
  }
}

/** The first name whose value is another one. */
export function changedName(before: Readonly<Record<string, NameDigest>>, after: Readonly<Record<string, NameDigest>>): string | undefined {
  const hash = (digest: NameDigest | undefined): string | undefined =>
    digest === undefined || digest.kind === 'opaque' ? digest?.kind : `${digest.kind} ${digest.hash}`
  return Object.keys(before).find((name) => hash(before[name]) !== hash(after[name]))
}
