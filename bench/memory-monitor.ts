import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { parseArgs } from 'node:util'
import { hostMemoryReader, MemoryMonitor, readGpuMemory } from '../src/runtime/index.js'

/**
 * Cost of watching memory: one sample of the monitor (this process and four children, control groups, machine, processor load, policy, history) against Node's own
 * `process.memoryUsage()`, in turn.
 * `npm run bench -- memory-monitor [--json] [--samples 2000] [--repeats 7]`. Gate: a sample takes at most 1000 microseconds, 0.1 % of one core at one sample a second.
 */
const { values } = parseArgs({
  options: {
    json: { type: 'boolean', default: false },
    samples: { type: 'string', default: '2000' },
    repeats: { type: 'string', default: '7' },
  },
})
const samples = Number(values.samples)
const repeats = Number(values.repeats)

const children = Array.from({ length: 4 }, () => spawn('sleep', ['600'], { stdio: 'ignore' }))
await Promise.all(children.map((child) => once(child, 'spawn')))
const pids = children.map(({ pid }) => pid)
const monitor = MemoryMonitor.start({ pids: () => pids, gpu: false, intervalMs: 3_600_000 })
const alone = hostMemoryReader()

/** Microseconds a call. */
function cost(call: () => unknown, calls = samples): number {
  const started = performance.now()
  for (let i = 0; i < calls; i++) call()
  return (1000 * (performance.now() - started)) / calls
}
const measures = {
  sampleMicroseconds: () => cost(() => monitor.sample()),
  hostAloneMicroseconds: () => cost(() => alone([process.pid])),
  memoryUsageMicroseconds: () => cost(() => process.memoryUsage()),
  pollNotDueMicroseconds: () => cost(() => monitor.poll(), 100 * samples),
}
const names = Object.keys(measures) as (keyof typeof measures)[]
for (const name of names) measures[name]()
const rounds = Array.from(
  { length: repeats },
  () => Object.fromEntries(names.map((name) => [name, measures[name]()])) as Record<(typeof names)[number], number>,
)
const median = (x: number[]): number => [...x].sort((a, b) => a - b)[Math.floor(x.length / 2)]!
const medians = Object.fromEntries(names.map((name) => [name, median(rounds.map((round) => round[name]))])) as (typeof rounds)[number]

const started = performance.now()
const gpus = await readGpuMemory([process.pid])
const gpuMilliseconds = performance.now() - started
monitor.close()
for (const child of children) child.kill()

const gate = 1000
const result = {
  benchmark: 'memory-monitor',
  samples,
  repeats,
  ...medians,
  ratioToMemoryUsage: medians.sampleMicroseconds / medians.memoryUsageMicroseconds,
  gpus: gpus?.length ?? 0,
  gpuMilliseconds,
  gate,
}
const text = [
  `one sample, 5 processes: ${medians.sampleMicroseconds.toFixed(1)} us (gate ${gate}), ${result.ratioToMemoryUsage.toFixed(1)} times process.memoryUsage() (${medians.memoryUsageMicroseconds.toFixed(1)} us)`,
  `host memory of one process: ${medians.hostAloneMicroseconds.toFixed(1)} us; poll() with nothing due: ${medians.pollNotDueMicroseconds.toFixed(3)} us`,
  gpus === undefined ? 'no card' : `nvidia-smi, beside the training: ${gpuMilliseconds.toFixed(0)} ms for ${gpus.length} cards`,
]
process.stdout.write(values.json ? `${JSON.stringify(result)}\n` : `${text.join('\n')}\n`)
process.exitCode = medians.sampleMicroseconds <= gate ? 0 : 1
