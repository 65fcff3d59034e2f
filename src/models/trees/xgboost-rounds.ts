import { withoutTrees, XgboostBooster, XgboostMatrix, type XgboostParameters } from '../../native/xgboost/index.js'
import type { BinnedRows } from './xgboost-ensemble.js'

/** Where growing stands. */
export interface RoundsState {
  /** The whole model, those of earlier fits included. */
  readonly model: Uint8Array
  /** Rounds of this fit in it. */
  readonly rounds: number
}

/**
 * One boosted ensemble that grows round by round and can go on, to the same bytes, from any round.
 *
 * XGBoost 3.2 seeds its random numbers anew every round (`seed_per_iteration`), but what draws the columns of a tree keeps a generator of its own from the first round
 * on, in a place that no saved model holds. So after {@link resume} that generator is taken to where it was: as many rounds are grown on one row with zero
 * derivatives. Each draws its columns as a real one does and gives a tree of a single leaf with the value 0, which changes no prediction. These trees are
 * cut out of everything that leaves this class. It holds for column draws by tree alone (`colsample_bytree`): draws by node depend on the trees' shapes.
 */
export class XgboostRounds {
  readonly #booster: XgboostBooster
  readonly #rows: BinnedRows
  /** Rounds of earlier fits. */
  readonly #earlier: number
  /** Trees of zero, and the position of the first. */
  #padding = { first: 0, count: 0 }

  /** @param before the model of an earlier fit to go on from. @throws LabError `xgboost-error` */
  constructor(rows: BinnedRows, params: XgboostParameters, before?: XgboostBooster) {
    this.#rows = rows
    this.#booster = XgboostBooster.createSync(rows.all, params)
    this.#earlier = before?.rounds ?? 0
    if (before !== undefined) this.#load(before.toBytesSync(), params)
  }

  /** Goes on from a state of the same fit: same rows, parameters and earlier model. To be called before the first round. */
  resume({ model, rounds }: RoundsState, params: XgboostParameters): void {
    if (rounds === 0) return
    this.#load(model, params)
    this.#padding = { first: this.#earlier + rounds, count: rounds }
    const { names } = this.#rows.train
    const data = { values: new Float32Array(names.length), names, label: new Float32Array(1) }
    const options = { maxBin: Number(params.max_bin), threads: 1, reference: this.#rows.train }
    const row = XgboostMatrix.createBinnedSync(data, options)
    try {
      const zero = new Float32Array(1)
      for (let round = 0; round < rounds; round++) this.#booster.updateByGradientSync(row, round, zero, zero)
    } finally {
      row.close()
    }
  }

  /** Grows round `step` of this fit, from 1. A continued fit counts, and so draws, from 1 again, as Python's `xgb_model` does. @throws LabError `xgboost-error` */
  growSync(step: number): void {
    this.#booster.updateSync(this.#rows.train, step - 1)
  }

  /** Of training and validation rows after that round. */
  lossesSync(step: number): { readonly trainLoss: number; readonly validationLoss?: number } {
    const [trainLoss, validationLoss] = this.#booster.evaluateSync(this.#rows.all, step - 1)
    return { trainLoss: trainLoss!, ...(validationLoss !== undefined && { validationLoss }) }
  }

  modelSync(): Uint8Array {
    const { first, count } = this.#padding
    if (count === 0) return this.#booster.toBytesSync()
    const whole = XgboostBooster.fromBytesSync(Buffer.from(withoutTrees(this.#booster.toJsonSync(), first, count)))
    try {
      return whole.toBytesSync()
    } finally {
      whole.close()
    }
  }

  /** The earlier rounds and the first `rounds` of this fit, as a model of their own. */
  keepSync(rounds: number): XgboostBooster {
    const whole = XgboostBooster.fromBytesSync(this.modelSync())
    try {
      return whole.firstRoundsSync(this.#earlier + rounds)
    } finally {
      whole.close()
    }
  }

  /** 'cpu' or 'cuda:0'; known after the first round. */
  deviceSync(): string {
    return this.#booster.deviceSync()
  }

  /** Safe to call twice. */
  close(): void {
    this.#booster.close()
  }

  #load(model: Uint8Array, params: XgboostParameters): void {
    this.#booster.loadSync(model)
    // What a saved model says of its parameters gives way to those of this fit.
    this.#booster.setSync(params)
  }
}
