import { writeSync } from 'node:fs'
import { Run } from './index.js'

/** Creates, fills and ends one run after the other until it is killed; `argument` is a run that it also writes to, together with its parent. */
async function work(shared: string): Promise<void> {
  const other = await Run.attach(shared)
  for (let round = 0; ; round++) {
    const run = await Run.create({ name: 'crash', kind: 'script', parameters: { round } })
    // The parent waits for the first run to exist, then kills after a delay of its own.
    if (round === 0) writeSync(1, 'ready\n')
    for (let n = 0; n < 6; n++) {
      await run.record(`section${n}`, { n, text: 'x'.repeat(5000) })
      run.event('step', { n, text: 'y'.repeat(20_000) })
      run.writeMetrics({ n, values: Array.from({ length: 500 }, (_, i) => i * n) })
      await other.record('child', { pid: process.pid, round, n })
      other.event('child', { text: 'z'.repeat(20_000) })
    }
    await run.finish('ok', { outcome: { headline: `round ${round}` } })
  }
}

void work(process.argv[2]!)
