import { LabError } from '../../core/index.js'
import type { LightgbmDataset, LightgbmParameters } from './dataset.js'
import { check, lightgbmApi, parameterText, type Handle, type PredictionKind } from './library.js'

const KINDS = { value: 0, raw: 1, shap: 3 } as const satisfies Record<string, PredictionKind>

/** A LightGBM ensemble: grown round by round, or read from its text. Keep the data sets open until the last round. */
export class LightgbmBooster {
  #handle: Handle | undefined

  private constructor(handle: Handle) {
    this.#handle = handle
  }

  /** @param params LightGBM's own names. @throws LabError `lightgbm-error` */
  static createSync(train: LightgbmDataset, validation: readonly LightgbmDataset[], params: LightgbmParameters): LightgbmBooster {
    const out: [Handle | null] = [null]
    check(lightgbmApi().boosterCreate(train.handle, parameterText(params), out), 'creating the model')
    const booster = new LightgbmBooster(out[0]!)
    try {
      for (const dataset of validation) check(lightgbmApi().boosterAddValidation(booster.#live, dataset.handle), 'adding validation rows')
      return booster
    } catch (error) {
      booster.close()
      throw error
    }
  }

  /** Reads what {@link toTextSync} or any LightGBM wrote. @throws LabError `lightgbm-error` */
  static fromTextSync(text: string): LightgbmBooster {
    const out: [Handle | null] = [null]
    check(lightgbmApi().boosterFromText(text, [null], out), 'reading a saved model')
    return new LightgbmBooster(out[0]!)
  }

  /** Grows one tree. @returns false when nothing was left to split: further rounds would add nothing. */
  updateSync(): boolean {
    const finished: [number | null] = [null]
    check(lightgbmApi().boosterUpdate(this.#live, finished), 'growing a tree')
    return finished[0] === 0
  }

  /** The one metric of the parameters. @param dataset 0 is the training rows, 1 the first validation set. */
  evaluateSync(dataset: number): number {
    const out = new Float64Array(1)
    const count: [number | null] = [null]
    check(lightgbmApi().boosterEvaluate(this.#live, dataset, count, out), 'evaluating')
    return out[0]!
  }

  /**
   * Takes the trees of `before` in front of its own: predictions are then those of both. Training goes on from `before` where the data sets hold its
   * {@link predictSync} of kind 'raw' as initial scores. To be called before the first round.
   */
  mergeSync(before: LightgbmBooster): void {
    check(lightgbmApi().boosterMerge(this.#live, before.#live), 'taking over earlier trees')
  }

  /**
   * Of row-major `values`, one number a row: 'value', what the objective predicts (probabilities of `binary`); 'raw', the sum of the trees (log-odds). 'shap':
   * exact SHAP values (TreeSHAP), for each row one number a column and then the base.
   */
  predictSync(values: Float64Array, columns: number, kind: keyof typeof KINDS = 'value'): Float64Array {
    const rows = values.length / columns
    const out = new Float64Array(kind === 'shap' ? rows * (columns + 1) : rows)
    if (rows === 0) return out
    const count: [number | null] = [null]
    check(lightgbmApi().boosterPredict(this.#live, values, 1, rows, columns, 1, KINDS[kind], 0, 0, '', count, out), 'predicting')
    return out
  }

  /** Rounds grown, those taken over included. */
  get rounds(): number {
    const out: [number | null] = [null]
    check(lightgbmApi().boosterRounds(this.#live, out), 'counting rounds')
    return out[0]!
  }

  /** Total gain of each feature's splits in the first `rounds` rounds; 0 or less means all. */
  gainImportanceSync(columns: number, rounds: number): Float64Array {
    const out = new Float64Array(columns)
    check(lightgbmApi().boosterImportance(this.#live, rounds, 1, out), 'reading importances')
    return out
  }

  /** The model as LightGBM's text format, which keeps every number exactly. @param rounds how many of the first to write; 0 or less means all */
  toTextSync(rounds: number): string {
    const length: [number | null] = [null]
    let buffer = new Uint8Array(1 << 20)
    const write = (): void =>
      check(lightgbmApi().boosterToText(this.#live, 0, rounds, 1, buffer.length, length, buffer), 'writing the model')
    write()
    if (Number(length[0]) > buffer.length) {
      buffer = new Uint8Array(Number(length[0]))
      write()
    }
    // The length counts the final NUL.
    return Buffer.from(buffer.buffer, 0, Number(length[0]) - 1).toString('utf8')
  }

  /** Frees LightGBM's memory. Safe to call twice. */
  close(): void {
    if (this.#handle !== undefined) check(lightgbmApi().boosterFree(this.#handle), 'freeing the model')
    this.#handle = undefined
  }

  get #live(): Handle {
    if (this.#handle === undefined) throw new LabError('closed', 'The LightGBM model is closed.')
    return this.#handle
  }
}
