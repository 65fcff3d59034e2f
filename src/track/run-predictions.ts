import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { readParquet } from '../data/index.js'

/** What one model of a run said about its test bars, in time order; equally many of each. */
export interface RunPredictions {
  readonly model: string
  /** Open time of the bar, ms UTC. */
  readonly time: Float64Array
  /** From 0. */
  readonly fold: Float64Array
  /** Of label 1. */
  readonly probability: Float64Array
  readonly label: Float64Array
  /** When the label is known, ms UTC. */
  readonly labelEnd: Float64Array
}

/** predictions.parquet by model, in the order of the file; empty where there is none. @throws LabError `parquet-unreadable` */
export async function readPredictions(folder: string): Promise<RunPredictions[]> {
  const path = join(folder, 'predictions.parquet')
  if (!existsSync(path)) return []
  const { time, fold, model, probability, label, label_end } = await readParquet(path, {
    time: 'time',
    fold: 'integer',
    model: 'text',
    probability: 'number',
    label: 'number',
    label_end: 'time',
  })
  return [...new Set(model)].map((name) => {
    const rows = Uint32Array.from(Array.from(model.keys()).filter((i) => model[i] === name)).sort((a, b) => time[a]! - time[b]!)
    const of = (values: Float64Array): Float64Array => Float64Array.from(rows, (row) => values[row]!)
    return { model: name, time: of(time), fold: of(fold), probability: of(probability), label: of(label), labelEnd: of(label_end) }
  })
}
