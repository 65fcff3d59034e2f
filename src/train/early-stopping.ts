/** Remembers the best epoch and says when to stop waiting for a better one. */
export class EarlyStopping {
  readonly #patience: number
  readonly #minDelta: number
  #best = Infinity
  #bestEpoch = 0
  #waited = 0

  /** @param patience epochs without improvement that are waited for; @param minDelta what the loss must fall by to count as one. */
  constructor(patience: number, minDelta: number) {
    this.#patience = patience
    this.#minDelta = minDelta
  }

  get bestEpoch(): number {
    return this.#bestEpoch
  }

  /** @returns true where this epoch is the best so far */
  improved(epoch: number, loss: number): boolean {
    const better = loss < this.#best - (this.#bestEpoch === 0 ? 0 : this.#minDelta)
    this.#waited = better ? 0 : this.#waited + 1
    if (better) {
      this.#best = loss
      this.#bestEpoch = epoch
    }
    return better
  }

  get shouldStop(): boolean {
    return this.#waited > this.#patience
  }
}
