import type { Bars } from '../data/index.js'
import type { Bar } from '../features/index.js'
import type { FeatureMatrix } from '../preprocess/index.js'

/** Computes a feature matrix from bars, row i for bar i; a fitted FeatureEngineer is one, and so is any object with such a function. */
export interface BarTransform {
  transform(bars: Bars, others?: readonly Bars[]): FeatureMatrix
}

/** A transform that also works bar by bar: what `push` returns for a bar must be the row that `transform` gives it, from nothing but bars pushed so far. */
export interface StreamingTransform extends BarTransform {
  stream(): BarStream
}

export interface BarStream {
  /** @param others by symbol, the newest bar that had closed when this one did */
  push(bar: Bar, others?: Readonly<Record<string, Bar>>): ArrayLike<number>
}

export const isStreaming = (transform: BarTransform): transform is StreamingTransform =>
  typeof (transform as Partial<StreamingTransform>).stream === 'function'
