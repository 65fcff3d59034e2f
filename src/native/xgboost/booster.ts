import { LabError } from '../../core/index.js'
import { copyFrom } from '../foreign-library.js'
import { arrayInterface, type XgboostArray } from './array-interface.js'
import type { XgboostMatrix } from './data-matrix.js'
import type { Handle, Out } from './declarations.js'
import { check, xgboostApi } from './library.js'

export type XgboostParameters = Readonly<Record<string, string | number | boolean>>

/** An XGBoost ensemble: grown round by round, or read from its bytes. Keep the matrices it is grown on open until the last round. */
export class XgboostBooster {
  #handle: Handle | undefined

  private constructor(handle: Handle) {
    this.#handle = handle
  }

  /**
   * @param matrices those it is grown on and evaluated on: for these XGBoost keeps predictions from round to round
   * @param params XGBoost's own names; a wrong value is found at the first round only. @throws LabError `xgboost-error`
   */
  static createSync(matrices: readonly XgboostMatrix[], params: XgboostParameters): XgboostBooster {
    const out: Out<Handle> = [null]
    check(xgboostApi().boosterCreate(handlesOf(matrices), matrices.length, out), 'creating the model')
    return new XgboostBooster(out[0]!).#setUp((booster) => {
      const names = matrices[0]?.names
      if (names !== undefined) check(xgboostApi().boosterSetNames(booster.handle, 'feature_name', names, names.length), 'naming features')
      booster.setSync({ validate_parameters: true, ...params })
    })
  }

  /** Reads what {@link toBytesSync} or any XGBoost wrote. @throws LabError `xgboost-error` */
  static fromBytesSync(bytes: Uint8Array): XgboostBooster {
    return XgboostBooster.createSync([], {}).#setUp((booster) => booster.loadSync(bytes))
  }

  /** Takes over a saved model, to grow it further; the parameters stay as they were set. */
  loadSync(bytes: Uint8Array): void {
    check(xgboostApi().boosterFromBuffer(this.handle, bytes, bytes.length), 'reading a saved model')
  }

  /** @param params XGBoost's own names */
  setSync(params: XgboostParameters): void {
    for (const [name, value] of Object.entries(params))
      check(xgboostApi().boosterSetParam(this.handle, name, String(value)), `setting ${name}`)
  }

  /** Grows one round. @param iteration rounds grown before, of which the random draws depend with `seed_per_iteration` */
  updateSync(train: XgboostMatrix, iteration: number): void {
    check(xgboostApi().boosterUpdate(this.handle, iteration, train.handle), 'growing a tree')
  }

  /** Grows one round on the given derivatives of the loss, one of each a row; weights are the caller's business. */
  updateByGradientSync(train: XgboostMatrix, iteration: number, gradient: XgboostArray, hessian: XgboostArray): void {
    const [first, second] = [arrayInterface(gradient), arrayInterface(hessian)]
    check(xgboostApi().boosterUpdateByGradient(this.handle, train.handle, iteration, first, second), 'growing a tree')
  }

  /** The one metric of the parameters for each of the matrices, in full precision. */
  evaluateSync(matrices: readonly XgboostMatrix[], iteration: number): number[] {
    const out: Out<string> = [null]
    const names = matrices.map((_, i) => `m${i}`)
    const handles = handlesOf(matrices)
    check(xgboostApi().boosterEvaluate(this.handle, iteration, handles, names, matrices.length, out), 'evaluating')
    return [...out[0]!.matchAll(/\tm\d+-[^:]+:(\S+)/g)].map(([, value]) => Number(value))
  }

  get rounds(): number {
    const out: Out<number> = [null]
    check(xgboostApi().boosterRounds(this.handle, out), 'counting rounds')
    return out[0]!
  }

  /** The model in XGBoost's binary format (UBJ), which keeps every number exactly. */
  toBytesSync(): Uint8Array {
    return new Uint8Array(this.#saved('ubj'))
  }

  /** The model as JSON text, for what has to be cut out of it. */
  toJsonSync(): string {
    return Buffer.from(this.#saved('json')).toString('utf8')
  }

  /** The first `rounds` rounds as a model of their own. */
  firstRoundsSync(rounds: number): XgboostBooster {
    const out: Out<Handle> = [null]
    check(xgboostApi().boosterSlice(this.handle, 0, rounds, 1, out), 'keeping the best rounds')
    return new XgboostBooster(out[0]!)
  }

  /** The device that computes: after a round, because XGBoost falls back to the CPU without a word that a program could hear. */
  deviceSync(): string {
    const [length, out]: [Out<number | bigint>, Out<string>] = [[null], [null]]
    check(xgboostApi().boosterConfig(this.handle, length, out), 'reading the configuration')
    return (JSON.parse(out[0]!) as { learner: { generic_param: { device: string } } }).learner.generic_param.device
  }

  /** Frees XGBoost's memory. Safe to call twice. */
  close(): void {
    if (this.#handle !== undefined) check(xgboostApi().boosterFree(this.#handle), 'freeing the model')
    this.#handle = undefined
  }

  #saved(format: 'ubj' | 'json'): ArrayBuffer {
    const [length, out]: [Out<number | bigint>, Out<Handle>] = [[null], [null]]
    check(xgboostApi().boosterToBuffer(this.handle, JSON.stringify({ format }), length, out), 'writing the model')
    return copyFrom(out[0]!, Number(length[0]))
  }

  #setUp(work: (booster: this) => void): this {
    try {
      work(this)
      return this
    } catch (error) {
      this.close()
      throw error
    }
  }

  get handle(): Handle {
    if (this.#handle === undefined) throw new LabError('closed', 'The XGBoost model is closed.')
    return this.#handle
  }
}

const handlesOf = (matrices: readonly XgboostMatrix[]): BigUint64Array => BigUint64Array.from(matrices, ({ handle }) => handle)
