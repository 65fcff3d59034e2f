import { cpus } from 'node:os'
import { parseArgs } from 'node:util'
import { projectPath } from '../src/core/index.js'
import { lightgbmParamsSchema, xgboostParamsSchema } from '../src/models/index.js'
import { nativeParameters as lightgbmParameters } from '../src/models/trees/lightgbm-params.js'
import { nativeParameters as xgboostParameters } from '../src/models/trees/xgboost-params.js'
import { readInstalled } from '../src/native/installed.js'
import { OtherLoad, QUIET_CORES } from './lstm/other-load.js'
import { PeerProcess } from './lstm/peer-process.js'
import { withProblem, type Problem } from './trees/problem.js'

/**
 * Tree ensembles against the Python packages of the same libraries, each side in a process of its own that stays, in turn, with the same parameters and threads:
 * training from a matrix of doubles to a model that predicts, predictions, SHAP values; and our random forest (by XGBoost) against scikit-learn's.
 * `npm run bench -- trees [--json] [--rows 50000] [--columns 60] [--rounds 100] [--repeats 5] [--forest-repeats 1] [--threads 2]`. Gate: training with XGBoost and with
 * LightGBM takes at most 1.05 times as long as in Python, by the shortest turns; on a machine that other programs disturb, at most 1.05 times the processor time
 * (of all threads, least of the turns). Ends with 1 where it is missed. `--only lightgbm` measures the tasks with that in their name.
 */
const { values } = parseArgs({
  options: {
    json: { type: 'boolean', default: false },
    rows: { type: 'string', default: '50000' },
    columns: { type: 'string', default: '60' },
    rounds: { type: 'string', default: '100' },
    repeats: { type: 'string', default: '5' },
    'forest-repeats': { type: 'string', default: '1' },
    threads: { type: 'string', default: '2' },
    wait: { type: 'string', default: '10' },
    only: { type: 'string', default: '' },
  },
})
const [rows, columns, rounds, threads] = [values.rows, values.columns, values.rounds, values.threads].map(Number) as [
  number,
  number,
  number,
  number,
]
const GATE = 1.05
const TASKS = [
  { name: 'xgboost train', repeats: Number(values.repeats), gate: GATE },
  { name: 'xgboost predict', repeats: Number(values.repeats), gate: undefined },
  { name: 'xgboost shap', repeats: Number(values.repeats), gate: undefined },
  { name: 'lightgbm train', repeats: Number(values.repeats), gate: GATE },
  { name: 'lightgbm predict', repeats: Number(values.repeats), gate: undefined },
  { name: 'lightgbm shap', repeats: Number(values.repeats), gate: undefined },
  { name: 'forest train', repeats: Number(values['forest-repeats']), gate: undefined },
] as const

const installed = readInstalled()
if (installed === undefined) throw new Error('run `npm run setup` first')
const problem: Problem = {
  ...{ rows, columns, rounds, threads, train: Math.floor(rows * 0.8), explained: Math.min(1000, Math.floor(rows * 0.2)) },
  xgboost: xgboostParameters(xgboostParamsSchema.parse({ rounds, maxDepth: 6 }), { seed: 1, threads, device: 'cpu' }),
  lightgbm: lightgbmParameters(lightgbmParamsSchema.parse({ rounds, numLeaves: 31 }), 1, threads),
  forest: { trees: 100, maxDepth: 12, minSamplesLeaf: 20, maxFeatures: 0.13 },
}
const env = { OMP_NUM_THREADS: `${threads}`, OMP_WAIT_POLICY: 'passive', PYTHONDONTWRITEBYTECODE: '1' }
const shortest = (times: readonly number[]): number => Math.min(...times)

const { results, versions } = await withProblem(problem, async (folder) => {
  const ours = new PeerProcess(process.execPath, ['--import', 'tsx', projectPath('bench/trees/ours.ts'), folder], env)
  const python = new PeerProcess(installed.python.executable, [projectPath('bench/trees/peer.py'), folder], env)
  try {
    const versions = { ...(await ours.answer<Record<string, string>>()), ...(await python.answer<Record<string, string>>()) }
    const load = new OtherLoad(1000 * Number(values.wait))
    const results = []
    for (const { name, repeats, gate } of TASKS.filter((task) => task.repeats > 0 && task.name.includes(values.only))) {
      const times: Record<'ours' | 'python', number[]> = { ours: [], python: [] }
      const processor: Record<'ours' | 'python', number[]> = { ours: [], python: [] }
      // The first turn loads libraries and starts threads; it counts only where it is the only one.
      if (repeats > 1) for (const peer of [ours, python]) await peer.ask(name)
      let others = 0
      for (let i = 0; i < repeats; i++)
        // Each round begins with the other side.
        for (const [side, peer] of i % 2 === 0
          ? ([
              ['ours', ours],
              ['python', python],
            ] as const)
          : ([
              ['python', python],
              ['ours', ours],
            ] as const)) {
          const turn = await load.undisturbed(peer.pid, () => peer.ask<{ ms: number }>(name))
          times[side].push(turn.value.ms)
          processor[side].push(turn.cpuMs)
          others = Math.max(others, turn.others)
        }
      const ratio = shortest(times.ours) / shortest(times.python)
      const processorRatio = shortest(processor.ours) / shortest(processor.python)
      const undisturbed = others <= QUIET_CORES
      const passed = gate === undefined || (undisturbed ? ratio : processorRatio) <= gate
      results.push({ name, ...times, processor, ratio, processorRatio, gate, passed, undisturbed })
    }
    return { results, versions }
  } finally {
    await Promise.all([ours.close(), python.close()])
  }
})

const passed = results.every((result) => result.passed)
const undisturbed = results.every((result) => result.undisturbed)
const cpu = cpus()[0]?.model ?? 'unknown'
const print = (text: string): void => void process.stdout.write(`${text}\n`)
if (values.json)
  print(JSON.stringify({ benchmark: 'trees', cpu, cores: cpus().length, ...problem, versions, undisturbed, results, passed }))
else {
  print(
    `${problem.train} x ${columns} for training, ${rows - problem.train} rows predicted, ${problem.explained} explained; ${rounds} rounds, ${threads} threads`,
  )
  print('ms, shortest of the turns; ratio: ours / Python. forest: ours by XGBoost against scikit-learn')
  for (const { name, ours, python, processor, ratio, processorRatio, gate, passed } of results)
    print(
      `${name.padEnd(18)}ours ${shortest(ours).toFixed(0).padStart(7)}  Python ${shortest(python).toFixed(0).padStart(7)}  ratio ${ratio.toFixed(3)}${shortest(processor.python) < 100 ? '' : `, processor ${processorRatio.toFixed(3)}`}${gate === undefined ? '' : `, gate ${gate}`}${passed ? '' : '  MISSED'}`,
    )
  print(
    `${cpu}; ${Object.entries(versions)
      .map((pair) => pair.join(' '))
      .join(', ')}`,
  )
  if (!undisturbed) print('other programs disturbed the measurement, so gates hold processor time: repeat it on a quiet machine')
  print(passed ? 'all gates are met' : 'a gate is missed')
}
process.exitCode = passed ? 0 : 1
