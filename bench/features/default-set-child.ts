import { FeatureEngineer } from '../../src/index.js'
import { randomBars } from '../../test/fixtures/random-bars.js'

const MIB = 1024 * 1024
const bars = randomBars(Number(process.argv[2]), 1, 0.001)
const started = performance.now()
const before = process.cpuUsage()
const { names, values } = new FeatureEngineer().fitTransform(bars)
const seconds = (performance.now() - started) / 1000
const { user, system } = process.cpuUsage(before)
const result = {
  cpuSeconds: (user + system) / 1e6,
  features: names.length,
  seconds,
  peakMiB: process.resourceUsage().maxRSS / 1024,
  outputMiB: values.byteLength / MIB,
}
process.stdout.write(JSON.stringify(result))
