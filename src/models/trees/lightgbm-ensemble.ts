import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { writeFileAtomicSync } from '../../core/index.js'
import { LightgbmBooster, LightgbmDataset, type LightgbmParameters } from '../../native/lightgbm/index.js'
import type { TreeEnsemble } from './tree-model.js'
import type { TreeRows } from './tree-rows.js'

const FILE = 'model.txt'

/** Trees of LightGBM over `columns` preprocessed features. */
export class LightgbmEnsemble implements TreeEnsemble {
  constructor(
    readonly booster: LightgbmBooster,
    readonly columns: number,
    /** A forest: its trees are averaged, not added up. */
    readonly averaged = false,
  ) {}

  /** @throws LabError `no-lightgbm`, `lightgbm-error` */
  static read(folder: string, columns: number, averaged = false): LightgbmEnsemble {
    return new LightgbmEnsemble(LightgbmBooster.fromTextSync(readFileSync(join(folder, FILE), 'utf8')), columns, averaged)
  }

  predictSync(values: Float64Array): Float64Array {
    return this.booster.predictSync(values, this.columns)
  }

  contributionsSync(values: Float64Array): Float64Array {
    const parts = this.booster.predictSync(values, this.columns, 'shap')
    // Of a forest LightGBM gives the sum over its trees, while its predictions are the mean.
    const trees = this.averaged ? this.booster.rounds : 1
    return parts.map((part) => part / trees)
  }

  gainSync(): Float64Array {
    return this.booster.gainImportanceSync(this.columns, 0)
  }

  saveSync(folder: string): void {
    writeFileAtomicSync(join(folder, FILE), this.booster.toTextSync(0))
  }

  close(): void {
    this.booster.close()
  }
}

export interface OpenLightgbm {
  readonly booster: LightgbmBooster
  readonly validated: boolean
  close(): void
}

/**
 * A booster over the rows, ready to grow. With `before` it goes on from those trees, as the Python package does with `init_model`.
 * @throws LabError `no-lightgbm`, `lightgbm-error`
 */
export function openLightgbm(rows: TreeRows, native: LightgbmParameters, before?: LightgbmBooster): OpenLightgbm {
  const open: { close(): void }[] = []
  const close = (): void =>
    open
      .splice(0)
      .reverse()
      .forEach((part) => part.close())
  const dataset = (values: Float64Array, label: Float64Array, weight?: Float64Array, reference?: LightgbmDataset): LightgbmDataset => {
    const data = {
      values,
      columns: rows.names.length,
      label: Float32Array.from(label),
      ...(weight !== undefined && { weight: Float32Array.from(weight) }),
      ...(before !== undefined && { initialScore: before.predictSync(values, rows.names.length, 'raw') }),
    }
    const made = LightgbmDataset.createSync(data, native, reference)
    open.push(made)
    return made
  }
  try {
    const train = dataset(rows.trainValues(), rows.label, rows.weight)
    const { validation } = rows
    const sets = validation === undefined ? [] : [dataset(validation.values(), validation.label, undefined, train)]
    const booster = LightgbmBooster.createSync(train, sets, native)
    open.push(booster)
    if (before !== undefined) booster.mergeSync(before)
    return { booster, validated: sets.length > 0, close }
  } catch (error) {
    close()
    throw error
  }
}
