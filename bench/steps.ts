import { spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { median } from './features/timing.js'

/**
 * What taking finished steps over saves, and what keeping them costs: the direction notebook as a whole process, every step run (`--force`) against steps taken over, in turn,
 * after one run that fills the store. `npm run bench -- steps [--json] [--runs 3]`. Gate: the same metrics.json, and a median ratio below 0.8.
 */
const { values } = parseArgs({ options: { json: { type: 'boolean', default: false }, runs: { type: 'string', default: '3' } } })
const root = dirname(dirname(fileURLToPath(import.meta.url)))
const runs = mkdtempSync(join(tmpdir(), 'barlab-bench-steps-'))
const parameters = ['-p', 'dataset=eur-usd-1h', '-p', 'folds=3', '-p', 'epochs=3']

interface Attempt {
  readonly seconds: number
  readonly metrics: string
  readonly steps: Record<string, { readonly reused?: string; readonly why?: string }>
}

function attempt(options: readonly string[]): Attempt {
  const known = new Set(readdirSync(runs))
  const started = performance.now()
  const args = ['--import', 'tsx', 'scripts/pipeline.ts', 'notebooks/direction.ipynb', ...parameters, ...options]
  const { status, stderr } = spawnSync(process.execPath, args, {
    cwd: root,
    encoding: 'utf8',
    env: { ...process.env, BARLAB_RUNS_DIR: runs },
  })
  if (status !== 0) throw new Error(`the notebook ended with ${status}: ${stderr}`)
  const seconds = (performance.now() - started) / 1000
  const folder = join(
    runs,
    readdirSync(runs).find((name) => !known.has(name) && !name.startsWith('.'))!,
  )
  const record = JSON.parse(readFileSync(join(folder, 'run.json'), 'utf8')) as { steps: Attempt['steps'] }
  return { seconds, metrics: readFileSync(join(folder, 'metrics.json'), 'utf8'), steps: record.steps }
}

try {
  const first = attempt([])
  const pairs = Array.from({ length: Number(values.runs) }, () => ({ forced: attempt(['--force']), reused: attempt([]) }))
  const all = pairs.flatMap(({ forced, reused }) => [forced, reused])
  const missed = pairs.flatMap(({ reused }) => Object.entries(reused.steps).filter(([, step]) => step.reused === undefined))
  const result = {
    benchmark: 'steps',
    firstSeconds: first.seconds,
    medianForcedSeconds: median(pairs.map(({ forced }) => forced.seconds)),
    medianReusedSeconds: median(pairs.map(({ reused }) => reused.seconds)),
    medianRatio: median(pairs.map(({ forced, reused }) => reused.seconds / forced.seconds)),
    sameMetrics: all.every(({ metrics }) => metrics === first.metrics),
    notReused: missed.map(([name, { why }]) => `${name}: ${why ?? 'ran'}`),
    gate: 0.8,
  }
  process.stdout.write(
    values.json
      ? `${JSON.stringify(result)}\n`
      : `every step run ${result.medianForcedSeconds.toFixed(1)} s, steps taken over ${result.medianReusedSeconds.toFixed(1)} s, ratio ${result.medianRatio.toFixed(2)} (gate 0.8); metrics ${result.sameMetrics ? 'the same' : 'DIFFER'}\n`,
  )
  process.exitCode = result.medianRatio < result.gate && result.sameMetrics && missed.length === 0 ? 0 : 1
} finally {
  rmSync(runs, { recursive: true, force: true })
}
