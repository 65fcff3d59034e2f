import { LabError } from '../core/index.js'

/** @throws LabError `bad-series` where the lengths differ or a value is no finite number */
export function checkSeries(series: Readonly<Record<string, ArrayLike<number>>>): void {
  const [[firstName, first], ...others] = Object.entries(series) as [[string, ArrayLike<number>], ...[string, ArrayLike<number>][]]
  const bad = (received: string): LabError =>
    new LabError('bad-series', 'These series cannot be set side by side.', {
      received,
      expected: 'as many values of each, all of them finite',
      help: 'leave rows out that have no value: the last bars have no forward return',
    })
  for (const [name, values] of others)
    if (values.length !== first.length) throw bad(`${first.length} of ${firstName} beside ${values.length} of ${name}`)
  for (const [name, values] of Object.entries(series))
    for (let i = 0; i < values.length; i++) if (!Number.isFinite(values[i])) throw bad(`${name} is ${String(values[i])} at ${i}`)
}
