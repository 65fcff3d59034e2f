import { parseArgs } from 'node:util'
import { listDatasets, loadBars } from '../src/data/index.js'
import { FeatureEngineer } from '../src/features/index.js'
import { directionLabels } from '../src/labels/index.js'
import { requireTfjs } from '../src/native/tensorflow/index.js'
import { completeRows, fitPreprocessor } from '../src/preprocess/index.js'
import { AdaptiveTrainer, type MatrixInput } from '../src/train/index.js'
import { median } from './features/timing.js'

/**
 * Does a learning rate that follows the pace of improvement train faster than a constant one? Logistic regression on the default features, target direction,
 * every symbol of every shipped dataset, several seeds of the order of samples. For each pair the bar is the higher of the two lowest validation losses, so that
 * both meet it; what counts is the epoch in which they first do. No gate: it publishes what comes out.
 * `npm run bench -- adaptive [--json] [--seeds 5] [--epochs 40] [--rates 0.1,0.01]`
 */
const { values } = parseArgs({
  options: {
    json: { type: 'boolean', default: false },
    seeds: { type: 'string', default: '5' },
    epochs: { type: 'string', default: '40' },
    rates: { type: 'string', default: '0.1,0.01' },
  },
})
const epochs = Number(values.epochs)
const tf = requireTfjs()
tf.enableProdMode()
await tf.setBackend('cpu')

interface Samples {
  readonly X: MatrixInput
  readonly y: Float64Array
}

/** The first 70 % of the rows to train, the next 15 % to validate; a bar between them, for the label looks one ahead. */
async function samples(dataset: string, symbol: string): Promise<{ readonly train: Samples; readonly validation: Samples }> {
  const { bars } = await loadBars({ dataset, symbol })
  const X = new FeatureEngineer().fitTransform(bars)
  const { y } = directionLabels(bars, { horizonBars: 1 })
  const complete = completeRows(X)
  const rows = Int32Array.from({ length: X.rows }, (_, i) => i).filter((row) => complete[row] === 1 && !Number.isNaN(y[row]!))
  const [cut, end] = [Math.floor(0.7 * rows.length), Math.floor(0.85 * rows.length)]
  const train = rows.subarray(0, cut)
  const preprocessor = fitPreprocessor(X, train, { dropConstant: {}, winsorise: {}, scaler: 'standard' })
  const pick = (of: Int32Array): Samples => ({
    X: { rows: of.length, values: preprocessor.transform(X, of), names: preprocessor.names },
    y: Float64Array.from(of, (row) => y[row]!),
  })
  return { train: pick(train), validation: pick(rows.subarray(cut + 1, end)) }
}

/** Validation loss of each epoch. */
async function losses(
  { train, validation }: Awaited<ReturnType<typeof samples>>,
  adaptive: boolean,
  rate: number,
  seed: number,
): Promise<number[]> {
  const config = {
    ...{ learningRateInitial: rate, learningRateMin: rate / 1000, useAdaptiveLr: adaptive, learningRateDecay: 1 },
    earlyStoppingPatience: epochs,
  }
  const trainer = new AdaptiveTrainer(config, { tf, seed })
  const out: number[] = []
  for (let epoch = 1; epoch <= epochs; epoch++) {
    const { valLoss } = await trainer.trainEpoch(train.X, train.y, validation.X, validation.y, epoch)
    out.push(valLoss!)
  }
  trainer.close()
  return out
}

const firstAt = (of: number[], target: number): number => 1 + of.findIndex((loss) => loss <= target)
const round = (value: number): number => Number(value.toFixed(5))

interface Run {
  readonly seed: number
  readonly target: number
  readonly constantEpochs: number
  readonly adaptiveEpochs: number
  readonly constantBest: number
  readonly adaptiveBest: number
  readonly constantLast: number
  readonly adaptiveLast: number
}
interface Result {
  readonly dataset: string
  readonly symbol: string
  readonly rate: number
  readonly trainRows: number
  readonly features: number
  readonly runs: Run[]
}

const results: Result[] = []
for (const { name, symbols } of listDatasets())
  for (const symbol of symbols) {
    const data = await samples(name, symbol)
    for (const rate of values.rates.split(',').map(Number)) {
      const runs: Run[] = []
      for (let seed = 1; seed <= Number(values.seeds); seed++) {
        const constant = await losses(data, false, rate, seed)
        const adaptive = await losses(data, true, rate, seed)
        const target = Math.max(Math.min(...constant), Math.min(...adaptive))
        runs.push({
          seed,
          target: round(target),
          constantEpochs: firstAt(constant, target),
          adaptiveEpochs: firstAt(adaptive, target),
          constantBest: round(Math.min(...constant)),
          adaptiveBest: round(Math.min(...adaptive)),
          constantLast: round(constant.at(-1)!),
          adaptiveLast: round(adaptive.at(-1)!),
        })
      }
      results.push({ dataset: name, symbol, rate, trainRows: data.train.y.length, features: data.train.X.names!.length, runs })
    }
  }

const middle = (runs: Run[], of: (run: Run) => number): number => median(runs.map(of))
const all = results.flatMap(({ runs }) => runs)
const summary = (runs: Run[]): object => ({
  runs: runs.length,
  medianEpochRatio: round(middle(runs, (run) => run.adaptiveEpochs / run.constantEpochs)),
  adaptiveFaster: runs.filter((run) => run.adaptiveEpochs < run.constantEpochs).length,
  adaptiveSlower: runs.filter((run) => run.adaptiveEpochs > run.constantEpochs).length,
  adaptiveLowerBest: runs.filter((run) => run.adaptiveBest < run.constantBest).length,
  adaptiveLowerLast: runs.filter((run) => run.adaptiveLast < run.constantLast).length,
})
const byRate = values.rates.split(',').map((rate) => ({
  rate: Number(rate),
  ...summary(results.filter((result) => result.rate === Number(rate)).flatMap(({ runs }) => runs)),
}))

if (values.json) process.stdout.write(`${JSON.stringify({ benchmark: 'adaptive', epochs, all: summary(all), byRate, results })}\n`)
else {
  process.stdout.write('medians over seeds: epochs to the same validation loss, lowest and last validation loss; constant | adaptive\n')
  for (const { dataset, symbol, rate, runs } of results) {
    const of = (pick: (run: Run) => number, digits: number): string => middle(runs, pick).toFixed(digits).padStart(8)
    process.stdout.write(
      `${`${dataset} ${symbol}`.padEnd(22)}${String(rate).padEnd(6)}` +
        `${of((run) => run.constantEpochs, 0)}${of((run) => run.adaptiveEpochs, 0)} |` +
        `${of((run) => run.constantBest, 4)}${of((run) => run.adaptiveBest, 4)} |` +
        `${of((run) => run.constantLast, 4)}${of((run) => run.adaptiveLast, 4)}\n`,
    )
  }
  for (const line of byRate) process.stdout.write(`${JSON.stringify(line)}\n`)
  process.stdout.write(`${JSON.stringify({ all: summary(all) })}\n`)
}
