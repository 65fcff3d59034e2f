import { LabError } from '../../core/index.js'
import { check, lightgbmApi, parameterText, type Handle } from './library.js'

export interface LightgbmData {
  /** Row-major, `label.length` rows. */
  readonly values: Float64Array
  readonly columns: number
  /** 0 or 1, or the value of y. */
  readonly label: Float32Array
  readonly weight?: Float32Array
  /** What earlier trees sum up to for each row, where training goes on from them. */
  readonly initialScore?: Float64Array
}

export type LightgbmParameters = Readonly<Record<string, string | number | boolean>>

/** Binned training or validation rows in LightGBM's memory: the values given are not needed afterwards. */
export class LightgbmDataset {
  #handle: Handle | undefined

  private constructor(
    handle: Handle,
    readonly rows: number,
    readonly columns: number,
  ) {
    this.#handle = handle
  }

  /** @param reference the training data set whose bins validation rows must use. @throws LabError `lightgbm-error` */
  static createSync(data: LightgbmData, params: LightgbmParameters, reference?: LightgbmDataset): LightgbmDataset {
    const { values, columns, label, weight, initialScore } = data
    const rows = label.length
    if (values.length !== rows * columns || [weight, initialScore].some((array) => array !== undefined && array.length !== rows))
      throw new LabError('bad-shape', 'The values do not fit the labels.', {
        received: `${values.length} values, ${weight?.length ?? rows} weights, ${initialScore?.length ?? rows} initial scores`,
        expected: `${rows} rows of ${columns} values`,
      })
    const api = lightgbmApi()
    const out: [Handle | null] = [null]
    check(api.datasetCreate(values, 1, rows, columns, 1, parameterText(params), reference?.handle ?? null, out), 'reading rows')
    const dataset = new LightgbmDataset(out[0]!, rows, columns)
    try {
      check(api.datasetSetField(dataset.handle, 'label', label, rows, 0), 'setting labels')
      if (weight !== undefined) check(api.datasetSetField(dataset.handle, 'weight', weight, rows, 0), 'setting weights')
      if (initialScore !== undefined)
        check(api.datasetSetField(dataset.handle, 'init_score', initialScore, rows, 1), 'setting initial scores')
      return dataset
    } catch (error) {
      dataset.close()
      throw error
    }
  }

  get handle(): Handle {
    if (this.#handle === undefined) throw new LabError('closed', 'The LightGBM data set is closed.')
    return this.#handle
  }

  /** Frees LightGBM's memory. Safe to call twice. */
  close(): void {
    if (this.#handle !== undefined) check(lightgbmApi().datasetFree(this.#handle), 'freeing rows')
    this.#handle = undefined
  }
}
