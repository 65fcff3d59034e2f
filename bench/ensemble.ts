import { parseArgs } from 'node:util'
import { createMlpNetwork } from '../src/models/deep/mlp-network.js'
import { loadTensorflow } from '../src/native/tensorflow/index.js'
import { JointTraining, TrainingLoop, withoutSamples } from '../src/train/index.js'
import { median } from './features/timing.js'
import { sequences } from './lstm/problem.js'

/**
 * Members of a deep ensemble (MLPs): an epoch of all of them side by side, one batched product a layer, against one after the other. In turn, in one process;
 * on the card where there is one. `npm run bench -- ensemble [--json] [--rounds 7] [--device auto|cpu|cuda]`. Gate: not slower than one after the other (1.05).
 */
const { values } = parseArgs({
  options: {
    json: { type: 'boolean', default: false },
    rounds: { type: 'string', default: '7' },
    device: { type: 'string', default: 'auto' },
  },
})
const loaded = await loadTensorflow({ device: values.device as 'auto' | 'cpu' | 'cuda', requireDevice: values.device !== 'auto' })
const { tf, facts } = loaded
const GATE = 1.05
const SHAPES = [
  { members: 5, inputs: 28, batch: 128, units: 32, layers: 2 },
  { members: 20, inputs: 28, batch: 128, units: 32, layers: 2 },
  { members: 5, inputs: 170, batch: 256, units: 128, layers: 2 },
]

function prepare({ members, inputs, batch, units, layers }: (typeof SHAPES)[number], together: boolean) {
  const joint = together ? new JointTraining(tf) : undefined
  const loops = Array.from({ length: members }, (_, seed) => {
    const network = createMlpNetwork(tf, {
      ...{ lookbackBars: 1, featureCount: inputs, units, layers, dropout: 0, seed, loss: 'cross-entropy' as const, outputBias: 0 },
    })
    const options = { epochs: Infinity, batchSize: batch, learningRate: 1e-3, gradientClip: 1, patience: 1, minDelta: 0, seed }
    return new TrainingLoop(tf, network, { ...options, ...(joint !== undefined && { joint }) })
  })
  const data = sequences({ lookback: 1, batch, inputs, units, layers, steps: 20 })
  const none = withoutSamples(data)
  return async (): Promise<number> => {
    const started = performance.now()
    if (together) await Promise.all(loops.map((loop) => loop.runEpoch(data, none)))
    else for (const loop of loops) await loop.runEpoch(data, none)
    return performance.now() - started
  }
}

const rows = []
for (const shape of SHAPES) {
  const [apart, together] = [prepare(shape, false), prepare(shape, true)]
  await apart()
  await together()
  const times: { apart: number; together: number }[] = []
  for (let round = 0; round < Number(values.rounds); round++) times.push({ apart: await apart(), together: await together() })
  const ratio = median(times.map((time) => time.together / time.apart))
  const ms = { apart: median(times.map((time) => time.apart)), together: median(times.map((time) => time.together)) }
  rows.push({ ...shape, ms, ratio, passed: ratio <= GATE })
}
const passed = rows.every((row) => row.passed)
if (values.json) process.stdout.write(`${JSON.stringify({ benchmark: 'ensemble', device: facts.inForce, gate: GATE, rows, passed })}\n`)
else
  for (const { members, inputs, batch, units, layers, ms, ratio } of rows)
    process.stdout.write(
      `${members} members, ${inputs} inputs, batch ${batch}, ${layers} x ${units}: ${ms.together.toFixed(1)} ms together, ${ms.apart.toFixed(1)} ms one after the other, ratio ${ratio.toFixed(2)} (${facts.inForce})\n`,
    )
process.exitCode = passed ? 0 : 1
