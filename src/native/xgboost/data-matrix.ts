import { LabError } from '../../core/index.js'
import { withCallbacks } from '../foreign-library.js'
import { arrayInterface, type XgboostArray } from './array-interface.js'
import type { Handle, Out } from './declarations.js'
import { check, xgboostApi } from './library.js'

export interface XgboostData {
  /** Row-major; XGBoost keeps single precision. NaN means missing, infinite values are refused. */
  readonly values: XgboostArray
  readonly names: readonly string[]
  readonly label?: XgboostArray
  readonly weight?: XgboostArray
}

export interface QuantileOptions {
  readonly maxBin: number
  readonly threads: number
  /** The training rows, whose bins validation rows must use. */
  readonly reference?: XgboostMatrix
}

/** Rows in XGBoost's memory: the values given are not needed afterwards. */
export class XgboostMatrix {
  #handle: Handle | undefined

  private constructor(
    handle: Handle,
    readonly rows: number,
    readonly names: readonly string[],
  ) {
    this.#handle = handle
  }

  /** Rows as they are, 8 bytes a value: for predictions that the bins of training cannot serve. @throws LabError `bad-shape`, `xgboost-error` */
  static createSync(data: XgboostData, threads: number): XgboostMatrix {
    const shape = shapeOf(data)
    const out: Out<Handle> = [null]
    check(xgboostApi().matrixCreate(arrayInterface(data.values, shape), matrixConfig({ nthread: threads }), out), 'reading rows')
    return new XgboostMatrix(out[0]!, shape[0], data.names).#describe(data)
  }

  /** Binned rows for the histogram method, about a byte a value. The same bins as Python's QuantileDMatrix. @throws LabError `bad-shape`, `xgboost-error` */
  static createBinnedSync(data: XgboostData, { maxBin, threads, reference }: QuantileOptions): XgboostMatrix {
    const api = xgboostApi()
    const shape = shapeOf(data)
    const proxy: Out<Handle> = [null]
    check(api.proxyCreate(proxy), 'preparing rows')
    try {
      // The rows come as one batch: of several, the quantiles would be merged, and merged ones can differ from those of Python's one batch.
      const source = new XgboostMatrix(proxy[0]!, shape[0], data.names)
      const values = arrayInterface(data.values, shape)
      let failure: { readonly error: unknown } | undefined
      let given = false
      const next = (): number => {
        if (given) return 0
        given = true
        try {
          check(api.proxySetDense(proxy[0]!, values), 'reading rows')
          source.#describe(data)
          return 1
        } catch (error) {
          failure = { error }
          return 0
        }
      }
      const out: Out<Handle> = [null]
      const config = matrixConfig({ nthread: threads, max_bin: maxBin })
      const status = withCallbacks(
        next,
        () => void (given = false),
        (nextCallback, reset) => api.quantileMatrixCreate(null, proxy[0]!, reference?.handle ?? null, reset, nextCallback, config, out),
      )
      if (failure !== undefined) throw failure.error
      check(status, 'reading rows')
      return new XgboostMatrix(out[0]!, shape[0], data.names)
    } finally {
      check(api.matrixFree(proxy[0]!), 'freeing rows')
    }
  }

  get handle(): Handle {
    if (this.#handle === undefined) throw new LabError('closed', 'The XGBoost rows are closed.')
    return this.#handle
  }

  /** Frees XGBoost's memory. Safe to call twice. */
  close(): void {
    if (this.#handle !== undefined) check(xgboostApi().matrixFree(this.#handle), 'freeing rows')
    this.#handle = undefined
  }

  #describe({ names, label, weight }: XgboostData): this {
    const api = xgboostApi()
    check(api.matrixSetNames(this.handle, 'feature_name', names, names.length), 'naming features')
    if (label !== undefined) check(api.matrixSetInfo(this.handle, 'label', arrayInterface(label)), 'setting labels')
    if (weight !== undefined) check(api.matrixSetInfo(this.handle, 'weight', arrayInterface(weight)), 'setting weights')
    return this
  }
}

/** JSON with the bare word NaN, which XGBoost reads and JSON.stringify does not write. */
export const matrixConfig = (settings: Readonly<Record<string, number | boolean>>): string =>
  JSON.stringify({ ...settings, missing: 0 }).replace('"missing":0', '"missing":NaN')

function shapeOf({ values, names, label, weight }: XgboostData): readonly [number, number] {
  const rows = names.length === 0 ? 0 : values.length / names.length
  if (Number.isInteger(rows) && rows > 0 && [label, weight].every((array) => array === undefined || array.length === rows))
    return [rows, names.length]
  throw new LabError('bad-shape', 'The values do not fit the labels and the features.', {
    received: `${values.length} values, ${label?.length ?? rows} labels, ${weight?.length ?? rows} weights`,
    expected: `at least one row of ${names.length} values, one label and one weight a row`,
  })
}
