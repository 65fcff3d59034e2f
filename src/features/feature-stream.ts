import { LabError } from '../core/index.js'
import type { Bars } from '../data/index.js'
import { ColumnStream } from '../indicators/index.js'
import type { Preprocessor } from '../preprocess/index.js'
import { computeFeature } from './compute-feature.js'
import type { Feature } from './define-feature.js'
import { featureColumns } from './feature-plan.js'

/** One bar. NaN means missing, as in Bars. */
export interface Bar {
  /** Open time, ms since the epoch, UTC. */
  readonly time: number
  readonly open: number
  readonly high: number
  readonly low: number
  readonly close: number
  readonly volume: number
}

/**
 * Features bar by bar, as a live market sends them: the same numbers as `transform` of all bars so far, bit for bit, in O(1) a bar (features defined by `compute` are computed
 * again from all bars so far).
 */
export class FeatureStream {
  private readonly stream: ColumnStream
  private readonly streaming: readonly number[]
  private readonly batch: readonly number[]
  private readonly sources: readonly { readonly symbol: string | undefined; readonly column: keyof Bar; readonly buffer: Float64Array }[]
  private readonly kept: Bar[] = []
  private last = -Infinity

  constructor(
    private readonly features: readonly Feature[],
    private readonly symbol: string,
    private readonly barMs: number,
    private readonly maxAgeBars: number,
    private readonly preprocessor?: Preprocessor,
  ) {
    if (preprocessor?.spec.missing.policy === 'forward-fill')
      throw new LabError('not-streamable', 'Missing values that are filled from earlier rows need the whole matrix.', {
        received: 'missing: forward-fill',
        expected: 'missing: reject or median',
        help: 'choose another policy for live features, or use transform(bars)',
      })
    const places = [...features.keys()]
    this.streaming = places.filter((k) => features[k]!.column !== undefined)
    this.batch = places.filter((k) => features[k]!.column === undefined)
    this.stream = new ColumnStream(
      featureColumns(
        this.streaming.map((k) => features[k]!),
        barMs,
      ),
      1,
    )
    this.sources = this.stream.sources.map((name) => {
      const [column, symbol] = name.split('.').reverse() as [keyof Bar, string | undefined]
      return { symbol, column, buffer: this.stream.source(name) }
    })
  }

  get names(): string[] {
    return [...(this.preprocessor?.names ?? this.features.map((feature) => feature.name))]
  }

  /**
   * The row of features of the next bar, known at its close.
   * @param others the newest closed bar of each other symbol that features need; without one its features are NaN
   * @throws LabError `bar-out-of-order`; `look-ahead` where another symbol's bar opens after this one
   */
  push(bar: Bar, others: Readonly<Record<string, Bar>> = {}): Float64Array {
    if (!(bar.time > this.last))
      throw new LabError('bar-out-of-order', 'Bars must come in order of time, each once.', {
        received: `${this.symbol} ${isoTime(bar.time)} after ${isoTime(this.last)}`,
        expected: 'a later open time',
        help: 'drop repeated bars, or start a new stream',
      })
    this.last = bar.time
    const at = this.stream.begin(1)
    for (const { symbol, column, buffer } of this.sources)
      buffer[at] = symbol === undefined ? bar[column] : column === 'time' ? bar.time : this.joined(bar, symbol, others)[column]
    this.stream.advance(1)
    const row = new Float64Array(this.features.length)
    for (const [k, place] of this.streaming.entries()) row[place] = finite(this.stream.output(k)[at]!)
    if (this.batch.length > 0) {
      this.kept.push(bar)
      const bars = columnsOf(this.kept, this.symbol, this.barMs)
      for (const place of this.batch) row[place] = computeFeature(this.features[place]!, bars).at(-1)!
    }
    if (this.preprocessor === undefined) return row
    const names = this.features.map((feature) => feature.name)
    return this.preprocessor.transform({ names, time: Float64Array.of(bar.time), rows: 1, values: row }, undefined, { incomplete: 'keep' })
  }

  private joined(bar: Bar, symbol: string, others: Readonly<Record<string, Bar>>): Bar {
    const other = others[symbol]
    if (other === undefined) return NOTHING
    if (other.time > bar.time)
      throw new LabError('look-ahead', "Another symbol's bar is later than the bar it is joined to.", {
        received: `${symbol} ${isoTime(other.time)} beside ${this.symbol} ${isoTime(bar.time)}`,
        expected: 'a bar that opens at the same time or earlier',
        help: 'push bars of one time together',
      })
    return bar.time - other.time > this.maxAgeBars * this.barMs ? NOTHING : other
  }
}

const NOTHING: Bar = { time: NaN, open: NaN, high: NaN, low: NaN, close: NaN, volume: NaN }
const finite = (value: number): number => (value - value === 0 ? value : NaN)
const isoTime = (time: number): string => (Number.isFinite(time) ? new Date(time).toISOString() : String(time))

function columnsOf(kept: readonly Bar[], symbol: string, timeframeMs: number): Bars {
  const column = (name: keyof Bar): Float64Array => Float64Array.from(kept, (bar) => bar[name])
  return {
    symbol,
    timeframeMs,
    time: column('time'),
    open: column('open'),
    high: column('high'),
    low: column('low'),
    close: column('close'),
    volume: column('volume'),
  }
}
