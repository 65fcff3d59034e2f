import { spawnSync } from 'node:child_process'
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { readInstalled } from '../src/native/installed.js'

/**
 * A small notebook end to end: our headless runner against nbclient, on the same kernel, whole processes, in turn (A B A B ...).
 * `npm run bench -- runner [--json] [--runs 5]`. Gate: median ratio <= 0.8.
 */
const { values } = parseArgs({ options: { json: { type: 'boolean', default: false }, runs: { type: 'string', default: '5' } } })
const root = dirname(dirname(fileURLToPath(import.meta.url)))
const folder = join(root, '.cache/bench-runner')
const runs = join(folder, 'runs')
const notebook = join(folder, 'small.ipynb')

const cells = [
  `import { FeatureEngineer, directionLabels, loadBars, table } from '../../src/index.js'`,
  `const { bars } = await loadBars({ dataset: 'sp500-1d' })\nbars.time.length`,
  `const X = new FeatureEngineer().fitTransform(bars)\nX.names.length`,
  `const labels = directionLabels(bars, { horizonBars: 1 })\ntable([{ up: labels.y.filter((y) => y === 1).length, down: labels.y.filter((y) => y === 0).length }])`,
]
mkdirSync(folder, { recursive: true })
writeFileSync(
  notebook,
  JSON.stringify({
    nbformat: 4,
    nbformat_minor: 5,
    metadata: { kernelspec: { name: 'barlab', display_name: 'TypeScript (Barlab)', language: 'typescript' } },
    cells: cells.map((source, i) => ({ cell_type: 'code', id: `c${i}`, metadata: {}, execution_count: null, outputs: [], source })),
  }),
)

const python = readInstalled()?.python.executable
if (python === undefined) throw new Error('run `npm run setup` first')
const env = { ...process.env, JUPYTER_PATH: join(root, 'src/notebook/kernel/jupyter'), BARLAB_RUNS_DIR: runs, BARLAB_ROOT: root }
const nbclient = `
import nbformat, nbclient
nb = nbformat.read(${JSON.stringify(notebook)}, 4)
nbclient.NotebookClient(nb, kernel_name='barlab', timeout=600, resources={'metadata': {'path': ${JSON.stringify(folder)}}}).execute()
nbformat.write(nb, ${JSON.stringify(join(folder, 'peer.ipynb'))})
`

function seconds(command: string, args: string[]): number {
  const started = performance.now()
  const result = spawnSync(command, args, { cwd: root, env, encoding: 'utf8' })
  if (result.status !== 0) throw new Error(`${command} ended with ${result.status}\n${result.stdout}\n${result.stderr}`)
  return (performance.now() - started) / 1000
}
const ours = (): number => seconds(process.execPath, ['--import', 'tsx', 'scripts/pipeline.ts', notebook])
const peer = (): number => seconds(python, ['-c', nbclient])

const median = (x: number[]): number => [...x].sort((a, b) => a - b)[Math.floor(x.length / 2)]!
rmSync(runs, { recursive: true, force: true })
ours()
peer()
const pairs = Array.from({ length: Number(values.runs) }, () => ({ ours: ours(), nbclient: peer() }))
const typeCheck = readdirSync(runs).map(
  (id) => (JSON.parse(readFileSync(join(runs, id, 'run.json'), 'utf8')) as { typeCheckMs?: number }).typeCheckMs ?? NaN,
)
const result = {
  benchmark: 'runner',
  pairs,
  medianOursSeconds: median(pairs.map((p) => p.ours)),
  medianNbclientSeconds: median(pairs.map((p) => p.nbclient)),
  medianRatio: median(pairs.map((p) => p.ours / p.nbclient)),
  medianTypeCheckSeconds: median(typeCheck) / 1000,
  gate: 0.8,
}
process.stdout.write(
  values.json
    ? `${JSON.stringify(result)}\n`
    : `runner ${result.medianOursSeconds.toFixed(2)} s, nbclient ${result.medianNbclientSeconds.toFixed(2)} s, ratio ${result.medianRatio.toFixed(2)} (gate 0.8); type check, beside kernel start: ${result.medianTypeCheckSeconds.toFixed(2)} s\n`,
)
process.exitCode = result.medianRatio <= result.gate ? 0 : 1
