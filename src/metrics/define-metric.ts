/** A metric as data: what it is called, what it means, which way is better, and how it is computed from `Input`. */
export interface Metric<Input, Name extends string = string> {
  readonly name: Name
  readonly title: string
  /** What one unit of it is: 'share', 'nats', 'probability squared'. */
  readonly unit: string
  readonly better: 'higher' | 'lower'
  /** The formula and its edge cases, in one sentence. */
  readonly definition: string
  /** NaN where it is not defined. */
  readonly compute: (input: Input) => number
}

/** A metric as a frozen record; the compiler keeps its name. */
export function defineMetric<Input, const Name extends string>(metric: Metric<Input, Name>): Metric<Input, Name> {
  return Object.freeze({ ...metric })
}
