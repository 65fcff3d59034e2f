import type { Clock } from '../core/index.js'

/** How fast a training goes, for showing. Wall-clock figures: never part of a result, a hash or a checkpoint. */
export interface PaceFigures {
  /** Training samples a second in this epoch, evaluation apart. */
  readonly samplesPerSecond: number
  /** Until all planned epochs are done, evaluations included; early stopping may come first. */
  readonly etaSeconds: number
}

/** Watches the clock over the epochs of this process. */
export class Pace {
  readonly #clock: Clock
  #epochSamples = 0
  #epochStart: number
  #evaluationStart: number

  constructor(clock: Clock) {
    this.#clock = clock
    this.#epochStart = this.#evaluationStart = clock.monotonic()
  }

  epochStarted(): void {
    this.#epochSamples = 0
    this.#epochStart = this.#evaluationStart = this.#clock.monotonic()
  }

  trained(samples: number): void {
    this.#epochSamples += samples
    this.#evaluationStart = this.#clock.monotonic()
  }

  /** @param samples of a whole epoch, more than were trained where this process began amid one */
  epochEnded(samples: number, remainingEpochs: number): PaceFigures {
    const training = (this.#evaluationStart - this.#epochStart) / 1000
    const evaluation = (this.#clock.monotonic() - this.#evaluationStart) / 1000
    const whole = this.#epochSamples === 0 ? 0 : (training * samples) / this.#epochSamples
    return {
      samplesPerSecond: training > 0 ? this.#epochSamples / training : 0,
      etaSeconds: remainingEpochs === 0 ? 0 : remainingEpochs * (whole + evaluation),
    }
  }
}
