import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { writeFileAtomicSync } from '../../core/index.js'
import { XgboostBooster, xgboostContributionsSync, xgboostGainSync, XgboostMatrix, xgboostPredictSync } from '../../native/xgboost/index.js'
import type { TreeEnsemble } from './tree-model.js'
import type { TreeRows } from './tree-rows.js'

const FILE = 'model.ubj'
/** XGBoost's word for one a core. Predictions do not depend on it. */
const ALL_THREADS = 0

/** Trees of XGBoost over preprocessed features of these names. */
export class XgboostEnsemble implements TreeEnsemble {
  constructor(
    readonly booster: XgboostBooster,
    readonly names: readonly string[],
  ) {}

  /** @throws LabError `no-xgboost`, `xgboost-error` */
  static read(folder: string, names: readonly string[]): XgboostEnsemble {
    return new XgboostEnsemble(XgboostBooster.fromBytesSync(readFileSync(join(folder, FILE))), names)
  }

  predictSync(values: Float64Array): Float64Array {
    return Float64Array.from(xgboostPredictSync(this.booster, values, this.names.length))
  }

  contributionsSync(values: Float64Array): Float32Array {
    const matrix = XgboostMatrix.createSync({ values, names: this.names }, ALL_THREADS)
    try {
      return xgboostContributionsSync(this.booster, matrix)
    } finally {
      matrix.close()
    }
  }

  gainSync(): Float64Array {
    return xgboostGainSync(this.booster, this.names)
  }

  saveSync(folder: string): void {
    writeFileAtomicSync(join(folder, FILE), this.booster.toBytesSync())
  }

  close(): void {
    this.booster.close()
  }
}

export interface BinnedRows {
  readonly train: XgboostMatrix
  readonly validation?: XgboostMatrix
  /** Training rows, then validation rows. */
  readonly all: readonly XgboostMatrix[]
  close(): void
}

/** Rows in XGBoost's memory, a byte a value. @throws LabError `no-xgboost`, `xgboost-error` */
export function binRows({ names, label, weight, trainValues, validation }: TreeRows, maxBin: number, threads: number): BinnedRows {
  const data = { values: trainValues(), names, label, ...(weight !== undefined && { weight }) }
  const train = XgboostMatrix.createBinnedSync(data, { maxBin, threads })
  if (validation === undefined) return { train, all: [train], close: () => train.close() }
  try {
    const rows = { values: validation.values(), names, label: validation.label }
    const second = XgboostMatrix.createBinnedSync(rows, { maxBin, threads, reference: train })
    const close = (): void => [second, train].forEach((matrix) => matrix.close())
    return { train, validation: second, all: [train, second], close }
  } catch (error) {
    train.close()
    throw error
  }
}
