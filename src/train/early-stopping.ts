/** What {@link EarlyStopping} remembers. */
export interface EarlyStoppingState {
  /** Infinity before the first epoch. */
  readonly best: number
  /** 0 before the first epoch. */
  readonly bestEpoch: number
  readonly waited: number
}

/** Remembers the best epoch and says when to stop waiting for a better one. */
export class EarlyStopping {
  readonly #patience: number
  readonly #minDelta: number
  #state: EarlyStoppingState = { best: Infinity, bestEpoch: 0, waited: 0 }

  /** @param patience epochs without improvement that are waited for; @param minDelta what the loss must fall by to count as one. */
  constructor(patience: number, minDelta: number) {
    this.#patience = patience
    this.#minDelta = minDelta
  }

  get bestEpoch(): number {
    return this.#state.bestEpoch
  }

  /** @returns true where this epoch is the best so far */
  improved(epoch: number, loss: number): boolean {
    const { best, bestEpoch, waited } = this.#state
    const better = loss < best - (bestEpoch === 0 ? 0 : this.#minDelta)
    this.#state = better ? { best: loss, bestEpoch: epoch, waited: 0 } : { best, bestEpoch, waited: waited + 1 }
    return better
  }

  get shouldStop(): boolean {
    return this.#state.waited > this.#patience
  }

  get state(): EarlyStoppingState {
    return this.#state
  }

  restore(state: EarlyStoppingState): void {
    this.#state = { ...state }
  }
}
