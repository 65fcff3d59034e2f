import { availableParallelism } from 'node:os'
import { parseArgs } from 'node:util'
import { Child } from '../src/runtime/index.js'
import { median } from './features/timing.js'
import type { Shape } from './lstm/shapes.js'
import type { Job } from './symbols/worker.js'

/**
 * Models of their own for many symbols: how are they trained fastest on a CPU? Four ways in turn, each an epoch of every model:
 * - in turn: one process, every core for one model after the other;
 * - together: one process, one native call a batch for all models, cores spread over models (`trainMany`);
 * - workers: a process for each core, one thread each, the symbols dealt out (what `fitSymbols` does);
 * - batched, at best: ONE network over batches as large as those of all symbols together. It does the arithmetic of all models with one call an op, and reads one set of weights
 *   instead of many, so no job that trains all models at once could be faster.
 * How far the second and third are from the last is what there is left to gain. `npm run bench -- symbols [--json] [--symbols 8] [--rounds 7]`
 */
const { values } = parseArgs({
  options: {
    json: { type: 'boolean', default: false },
    symbols: { type: 'string', default: '8' },
    rounds: { type: 'string', default: '7' },
  },
})
const symbols = Number(values.symbols)
const rounds = Number(values.rounds)
const cores = availableParallelism()

const SHAPES: readonly Shape[] = [
  { lookback: 60, batch: 32, inputs: 16, units: 64, layers: 1, steps: 8 },
  { lookback: 30, batch: 64, inputs: 8, units: 32, layers: 1, steps: 8 },
  { lookback: 60, batch: 128, inputs: 32, units: 64, layers: 1, steps: 4 },
]

const workers = Array.from({ length: cores }, () => Child.start({ entry: 'bench/symbols/worker.ts' }))
const share = (worker: number): number => Math.floor(((worker + 1) * symbols) / cores) - Math.floor((worker * symbols) / cores)
const call = (worker: number, job: Job): Promise<number> => workers[worker]!.call(job) as Promise<number>

/** Wall-clock ms of each way, one round. */
async function round(shape: Shape): Promise<readonly number[]> {
  const inTurn = await call(0, { shape, networks: symbols, threads: cores })
  const together = await call(0, { shape, networks: symbols, threads: cores, together: true })
  const started = performance.now()
  await Promise.all(workers.map((_, w) => call(w, { shape, networks: share(w), threads: 1 })))
  const dealt = performance.now() - started
  const atBest = await call(0, { shape: { ...shape, batch: shape.batch * symbols }, networks: 1, threads: cores })
  return [inTurn, together, dealt, atBest]
}

const WAYS = ['in turn', 'together', 'workers', 'batched, at best'] as const
const rows: { shape: readonly number[]; ms: readonly number[]; ratio: readonly number[] }[] = []
try {
  for (const shape of SHAPES) {
    await round(shape)
    const times: (readonly number[])[] = []
    for (let i = 0; i < rounds; i++) times.push(await round(shape))
    const { lookback, batch, inputs, units } = shape
    rows.push({
      shape: [lookback, batch, inputs, units],
      ms: WAYS.map((_, way) => median(times.map((time) => time[way]!))),
      ratio: WAYS.map((_, way) => median(times.map((time) => time[way]! / time[0]!))),
    })
  }
} finally {
  await Promise.all(workers.map((worker) => worker.close()))
}

if (values.json) process.stdout.write(`${JSON.stringify({ benchmark: 'symbols', symbols, cores, rounds, ways: WAYS, rows })}\n`)
else {
  process.stdout.write(
    `an epoch of ${symbols} models, ms, and its ratio to 'in turn': medians of ${rounds} rounds in turn, ${cores} cores\n`,
  )
  process.stdout.write(`${'T,B,I,H'.padEnd(16)}${WAYS.map((way) => way.padStart(20)).join('')}\n`)
  for (const { shape, ms, ratio } of rows)
    process.stdout.write(
      `${shape.join(',').padEnd(16)}${ms.map((each, way) => `${each.toFixed(1)} (${ratio[way]!.toFixed(2)})`.padStart(20)).join('')}\n`,
    )
}
