import { describe, expect, it } from 'vitest'
import { takeJob } from './fit-pool.js'

describe('takeJob', () => {
  it('keeps a worker on its kind, gives others another, and lets all help at the end', () => {
    const queue = ['lstm', 'lstm', 'lstm', 'lightgbm', 'lightgbm', 'logistic'].map((kind, i) => ({ spec: { kind }, i }))
    const anyones = new Set<string>()
    const [first, second] = [new Set<string>(), new Set<string>()]
    const take = (mine: Set<string>) => takeJob(queue, mine, anyones)?.i
    expect([take(first), take(second), take(second), take(first), take(second), take(second), take(first)]).toEqual([
      0,
      3,
      4,
      1,
      5,
      2,
      undefined,
    ])
  })
})
