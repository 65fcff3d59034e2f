import { randomUUID } from 'node:crypto'
import { LabError, stableJson } from '../core/index.js'
import { Sidecar } from '../sidecar/index.js'
import { checkSampler, type PrunerKind, type SamplerKind } from './check-space.js'
import type { SearchSpace } from './search-space.js'
import { studyError, type StudyRefusal } from './study-error.js'
import { closeSession, isAbandoned, openSession, type TrialOwner } from './study-owner.js'
import { prepareStorage } from './study-storage.js'
import type { Direction, StudyTrial } from './study-trial.js'

export interface StudyOptions {
  /** See `studyStorage`. */
  readonly storage: string
  readonly name: string
  readonly direction: Direction
  /** As `parseSearchSpace` gives it. */
  readonly space: SearchSpace
  readonly sampler: SamplerKind
  readonly pruner: PrunerKind
  readonly seed: number
  /** Most values that a trial reports before its end. */
  readonly steps: number
  /** What else a trial's value depends on; with the settings above it must be what the study was made with. */
  readonly facts: Readonly<Record<string, unknown>>
  /** Default 15. A trial of another machine is lost when its heartbeats have been missing for four times as long. */
  readonly heartbeatSeconds?: number
  /** How often a lost trial is begun again. Default 3. */
  readonly maxRetries?: number
}

interface StoredTrial extends StudyTrial {
  readonly owner: TrialOwner | null
}

const STALE_AFTER_BEATS = 4

/**
 * An Optuna study by asking and telling, in a Python child. Everything stands in its database: several processes, on several machines, may work on one study, and a
 * process that dies loses nothing that was told.
 *
 * The parameters of a trial come from the seed, the trial's index and what was told before. Calls can be repeated, so a Python child that dies is started
 * again once and goes on. Heartbeats come from this process and not from Python: they say that the one who works on the trial is alive.
 */
export class Study {
  readonly name: string
  readonly direction: Direction
  /** Points of the grid, where the sampler goes through one. */
  readonly points: number | undefined
  readonly #sidecar: Sidecar
  readonly #owner: TrialOwner = openSession()
  readonly #open = new Set<number>()
  readonly #of: { readonly storage: object; readonly study: string }
  readonly #sampler: object
  readonly #pruner: object
  private readonly heartbeats: NodeJS.Timeout
  readonly #steps: number

  private constructor(sidecar: Sidecar, options: StudyOptions) {
    const { name, storage, direction, space, sampler, pruner, seed, steps, heartbeatSeconds = 15, maxRetries = 3 } = options
    this.name = name
    this.direction = direction
    this.points = checkSampler(sampler, space)
    this.#sidecar = sidecar
    this.#steps = steps
    const grace_seconds = STALE_AFTER_BEATS * heartbeatSeconds
    this.#of = { storage: { url: storage, heartbeat_seconds: heartbeatSeconds, grace_seconds, max_retries: maxRetries }, study: name }
    this.#sampler = { kind: sampler, seed, space }
    this.#pruner = { kind: pruner, steps }
    this.heartbeats = setInterval(() => this.#heartbeat(), heartbeatSeconds * 1000)
    this.heartbeats.unref()
  }

  /**
   * Opens a study, or makes it.
   * @throws LabError `no-database`, `study-direction`, `study-differs` where it was made with other settings, `foreign-study`, `bad-sampler`, those of Sidecar
   */
  static async open(options: StudyOptions): Promise<Study> {
    const { storage, direction, space, sampler, pruner, seed, steps, facts } = options
    checkSampler(sampler, space)
    prepareStorage(storage)
    const study = new Study(await Sidecar.open({ threads: 1 }), options)
    try {
      const wanted = { ...facts, direction, space, sampler, pruner, seed, steps }
      const answer = (await study.#call('open', { direction, facts: wanted })) as { facts: Record<string, unknown> | null }
      refuseOtherFacts(options.name, wanted, answer.facts)
      return study
    } catch (error) {
      await study.close()
      throw error
    }
  }

  /** A new trial, running; undefined where the study has `limit` of them, or no other point. */
  async ask(limit: number): Promise<StudyTrial | undefined> {
    return this.#taken(await this.#call('ask', { ...this.#mine(), limit: Math.min(limit, this.points ?? Infinity) }))
  }

  /** A trial whose process has ended or let go of it, to be gone on with under its number and with its parameters; undefined where there is none. */
  async adopt(): Promise<StudyTrial | undefined> {
    for (const { number: trial, owner: previous } of (await this.#stored()).filter(
      ({ state, owner }) => state === 'running' && isAbandoned(owner),
    )) {
      const taken = this.#taken(await this.#call('adopt', { ...this.#mine(), trial, previous }))
      if (taken !== undefined) return taken
    }
    return undefined
  }

  /** Tells the mean after a step. @returns whether the trial should go on; 'lost' where it was given up as stale or another works on it */
  async report(trial: StudyTrial, step: number, mean: number): Promise<'go-on' | 'prune' | 'lost'> {
    const params = { pruner: this.#pruner, trial: trial.number, owner: this.#owner, step, value: mean, last: step >= this.#steps }
    const { lost, prune } = (await this.#call('report', params)) as { lost: boolean; prune: boolean }
    return lost ? 'lost' : prune ? 'prune' : 'go-on'
  }

  /** Ends a trial. @returns false where it was lost before */
  async tell(
    trial: StudyTrial,
    outcome:
      | { readonly state: 'complete'; readonly value: number }
      | { readonly state: 'pruned' }
      | { readonly state: 'failed'; readonly error: string },
  ): Promise<boolean> {
    const { state } = outcome
    const params = { trial: trial.number, owner: this.#owner, state }
    const { told } = (await this.#call('tell', {
      ...params,
      value: state === 'complete' ? outcome.value : null,
      error: state === 'failed' ? outcome.error : null,
    })) as { told: boolean }
    this.#open.delete(trial.number)
    return told
  }

  /** Lets go of the trials that are running here: the next call of {@link adopt}, here or elsewhere, goes on with them. */
  async release(): Promise<void> {
    const trials = [...this.#open]
    this.#open.clear()
    if (trials.length > 0) await this.#call('release', { trials, owner: this.#owner })
  }

  /** All trials by number. */
  async trials(): Promise<StudyTrial[]> {
    return (await this.#stored()).map(({ owner: _owner, ...trial }) => trial)
  }

  /** Share of each parameter in what the values vary by (PED-ANOVA, Watanabe et al. 2023), largest first; empty where the trials cannot say. */
  async importance(): Promise<Readonly<Record<string, number>>> {
    return ((await this.#call('importance', {})) as { shares: Record<string, number> }).shares
  }

  /** Ends Python. Trials that are running stay so, for {@link adopt}. Safe to call twice. */
  async close(): Promise<void> {
    clearInterval(this.heartbeats)
    closeSession(this.#owner)
    await this.#sidecar.close()
  }

  #mine(): Record<string, unknown> {
    return { sampler: this.#sampler, pruner: this.#pruner, owner: this.#owner, request: randomUUID() }
  }

  #taken(answer: unknown): StudyTrial | undefined {
    const { trial } = answer as { trial: StoredTrial | null }
    if (trial === null) return undefined
    this.#open.add(trial.number)
    const { owner: _owner, ...rest } = trial
    return rest
  }

  async #stored(): Promise<StoredTrial[]> {
    return ((await this.#call('trials', {})) as { trials: StoredTrial[] }).trials
  }

  #heartbeat(): void {
    // A database that is away is told by the next call that needs it.
    if (this.#open.size > 0) this.#call('heartbeat', { trials: [...this.#open] }).catch(() => undefined)
  }

  async #call(method: string, params: Record<string, unknown>): Promise<unknown> {
    const answer = (await this.#sidecar.call(`optuna.${method}`, { ...this.#of, ...params })) as { refused?: StudyRefusal }
    if (answer.refused !== undefined) throw studyError(answer.refused)
    return answer
  }
}

function refuseOtherFacts(name: string, wanted: Readonly<Record<string, unknown>>, stored: Readonly<Record<string, unknown>> | null): void {
  if (stored === null)
    throw new LabError('foreign-study', 'The study of this name was not made by this project.', {
      received: name,
      expected: 'a study that says what its trials mean',
      help: 'choose another name: --study NAME',
    })
  const keys = [...new Set([...Object.keys(wanted), ...Object.keys(stored)])].sort()
  const text = (value: unknown): string => (value === undefined ? 'nothing' : stableJson(value))
  const different = keys.filter((key) => text(wanted[key]) !== text(stored[key]))
  if (different.length === 0) return
  throw new LabError('study-differs', 'The study of this name was made with other settings: its trials cannot be compared with new ones.', {
    received: different.map((key) => `${key} ${text(wanted[key])}`).join(', '),
    expected: different.map((key) => `${key} ${text(stored[key])}`).join(', '),
    help: 'choose another name (--study NAME), or the settings it was made with',
  })
}
