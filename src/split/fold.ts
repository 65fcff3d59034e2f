/**
 * One walk-forward step. Row numbers index the bars; every array is increasing. `train` ends before `validation`, `validation` before `test`;
 * between each pair lie at least `embargoMs`, and no label of an earlier part ends inside a later one.
 */
export interface Fold {
  readonly index: number
  readonly train: Int32Array
  /** Tail of the training span, held out for early stopping. Empty where it was not asked for. */
  readonly validation: Int32Array
  readonly test: Int32Array
  readonly embargoMs: number
  /** Rows dropped because their label ended inside a later part. */
  readonly purged: number
  /** Rows dropped because they stood within the embargo before a later part. */
  readonly embargoed: number
}
