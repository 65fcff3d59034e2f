import { execFile } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs, promisify } from 'node:util'
import { projectPath } from '../src/core/index.js'
import { readInstalled } from '../src/native/installed.js'
import { Sidecar } from '../src/sidecar/index.js'
import { parseSearchSpace, Study } from '../src/tune/index.js'

/**
 * What a call to Python costs: an empty one, and the calls of a study through the sidecar against the same methods called in Python, and against Optuna alone (which keeps no
 * owners, heartbeats and decisions), in turn, each on a new SQLite file.
 * `npm run bench -- sidecar [--json] [--trials 40] [--repeats 3]`. Gates: an empty call takes at most 1 ms, and the calls of a trial through the sidecar at most 1.25 times
 * those in Python.
 */
const { values } = parseArgs({
  options: {
    json: { type: 'boolean', default: false },
    trials: { type: 'string', default: '40' },
    repeats: { type: 'string', default: '3' },
  },
})
const [trials, repeats] = [Number(values.trials), Number(values.repeats)]
const CALLS = ['ask', 'report', 'tell'] as const
type Times = Record<(typeof CALLS)[number], number>
const STEPS = 3

const space = parseSearchSpace({
  x: { kind: 'float', low: -2, high: 2 },
  rate: { kind: 'float', low: 1e-4, high: 1, log: true },
  depth: { kind: 'int', low: 1, high: 8 },
  kind: { kind: 'categorical', choices: ['a', 'b', 'c'] },
})
const median = (of: number[]): number => [...of].sort((a, b) => a - b)[Math.floor(of.length / 2)]!

async function timed<T>(into: number[], work: () => Promise<T>): Promise<T> {
  const started = performance.now()
  const answer = await work()
  into.push(performance.now() - started)
  return answer
}

async function throughSidecar(folder: string): Promise<Times> {
  const times = { ask: [] as number[], report: [] as number[], tell: [] as number[] }
  const study = await Study.open({
    ...{
      storage: `sqlite:///${join(folder, 'sidecar.db')}`,
      name: 'study',
      direction: 'minimize',
      space,
      sampler: 'tpe',
      pruner: 'median',
    },
    ...{ seed: 1, steps: STEPS, facts: {} },
  })
  try {
    for (let k = 0; k < trials; k++) {
      const trial = (await timed(times.ask, () => study.ask(trials)))!
      const value = Number(trial.params.x) ** 2
      for (let step = 1; step <= STEPS; step++) await timed(times.report, () => study.report(trial, step, value))
      await timed(times.tell, () => study.tell(trial, { state: 'complete', value }))
    }
  } finally {
    await study.close()
  }
  return { ask: median(times.ask), report: median(times.report), tell: median(times.tell) }
}

async function inPython(folder: string): Promise<{ methods: Times; optuna: Times }> {
  const python = readInstalled()!.python.executable
  const args = [projectPath('bench/sidecar/peer.py'), folder, String(trials), projectPath('src/sidecar/python'), JSON.stringify(space)]
  return JSON.parse((await promisify(execFile)(python, args)).stdout) as { methods: Times; optuna: Times }
}

async function emptyCall(): Promise<number> {
  const sidecar = await Sidecar.open({ threads: 1 })
  const times: number[] = []
  for (let k = 0; k < 1000; k++) await timed(times, () => sidecar.call('sidecar.ping', {}))
  await sidecar.close()
  return median(times)
}

const rounds: { sidecar: Times; methods: Times; optuna: Times; ping: number }[] = []
for (let k = 0; k < repeats; k++) {
  const folder = mkdtempSync(join(tmpdir(), 'barlab-bench-'))
  rounds.push({ ping: await emptyCall(), sidecar: await throughSidecar(folder), ...(await inPython(folder)) })
  rmSync(folder, { recursive: true, force: true })
}
const least = (of: (round: (typeof rounds)[number]) => number): number => Math.min(...rounds.map(of))
const best = (who: 'sidecar' | 'methods' | 'optuna'): Times =>
  Object.fromEntries(CALLS.map((call) => [call, least((round) => round[who][call])])) as Times
const aTrial = ({ ask, report, tell }: Times): number => ask + STEPS * report + tell
const result = {
  pingMs: least(({ ping }) => ping),
  msPerCall: { sidecar: best('sidecar'), methods: best('methods'), optuna: best('optuna') },
  ratioToMethods: aTrial(best('sidecar')) / aTrial(best('methods')),
  ratioToOptuna: aTrial(best('sidecar')) / aTrial(best('optuna')),
}
const passed = result.pingMs <= 1 && result.ratioToMethods <= 1.25
if (values.json) process.stdout.write(`${JSON.stringify({ ...result, passed }, null, 2)}\n`)
else {
  process.stdout.write(`empty call ${result.pingMs.toFixed(3)} ms (gate 1)\n`)
  for (const [who, times] of Object.entries(result.msPerCall))
    process.stdout.write(`${who.padEnd(8)} ${CALLS.map((call) => `${call} ${times[call].toFixed(2)} ms`).join(', ')}\n`)
  process.stdout.write(
    `a trial of ${STEPS} steps: ${result.ratioToMethods.toFixed(3)} of the methods in Python (gate 1.25), ${result.ratioToOptuna.toFixed(2)} of Optuna alone\n`,
  )
}
process.exitCode = passed ? 0 : 1
