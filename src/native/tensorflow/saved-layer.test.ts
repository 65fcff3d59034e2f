import { execFileSync } from 'node:child_process'
import type { Sequential, Tensor, io } from '@tensorflow/tfjs'
import { beforeAll, describe, expect, it } from 'vitest'
import { projectPath } from '../../core/index.js'
import { recurrentLayer, loadTensorflow, type LoadedTensorflow } from './index.js'
import { nativeTestsMissing } from '../../../test/fixtures/native-addon.js'

/** A process with plain `@tensorflow/tfjs` and nothing of ours: reads a model, predicts, and saves it again. */
const PLAIN_TFJS = `
const tf = require('@tensorflow/tfjs')
tf.enableProdMode()
const { topology, specs, data, x, shape } = JSON.parse(require('node:fs').readFileSync(0, 'utf8'))
const bytes = Buffer.from(data, 'base64')
const weightData = bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.length)
tf.loadLayersModel(tf.io.fromMemory({ modelTopology: topology, weightSpecs: specs, weightData })).then(async (model) => {
  const y = Array.from(model.predict(tf.tensor(x, shape)).dataSync())
  const classes = model.layers.map((layer) => layer.getClassName())
  await model.save(tf.io.withSaveHandler(async ({ modelTopology, weightSpecs, weightData }) => {
    process.stdout.write(JSON.stringify({ y, classes, topology: modelTopology, specs: weightSpecs, data: Buffer.from(weightData).toString('base64') }))
    return { modelArtifactsInfo: { dateSaved: new Date(0), modelTopologyType: 'JSON' } }
  }))
})
`

interface Saved {
  readonly topology: unknown
  readonly specs: io.WeightsManifestEntry[]
  readonly data: string
}

describe.skipIf(nativeTestsMissing() !== undefined)('saved fused layers', () => {
  let loaded: LoadedTensorflow
  let tf: LoadedTensorflow['tf']

  beforeAll(async () => {
    loaded = await loadTensorflow({ device: 'cpu', requireDevice: true })
    tf = loaded.tf
  })

  async function save(model: Sequential): Promise<Saved> {
    let saved: Saved | undefined
    await model.save(
      tf.io.withSaveHandler(({ modelTopology, weightSpecs, weightData }) => {
        saved = { topology: modelTopology, specs: weightSpecs!, data: Buffer.from(weightData as ArrayBuffer).toString('base64') }
        return Promise.resolve({ modelArtifactsInfo: { dateSaved: new Date(0), modelTopologyType: 'JSON' } })
      }),
    )
    return saved!
  }

  it.each([
    { cell: 'lstm', bidirectional: false },
    { cell: 'lstm', bidirectional: true },
    { cell: 'gru', bidirectional: false },
    { cell: 'gru', bidirectional: true },
  ] as const)('are read by a plain tfjs, and what it saves comes back fused: %o', async (config) => {
    const model = tf.sequential()
    model.add(recurrentLayer(loaded, { ...config, units: 6, seed: 5, inputShape: [8, 3], returnSequences: true }))
    model.add(recurrentLayer(loaded, { ...config, units: 4, seed: 6 }))
    const x = tf.randomNormal([4, 8, 3], 0, 1, 'float32', 9)
    const y = (model.predict(x) as Tensor).dataSync()
    const input = JSON.stringify({ ...(await save(model)), x: [...x.dataSync()], shape: x.shape })
    const text = execFileSync(process.execPath, ['-e', PLAIN_TFJS], { input, cwd: projectPath(), encoding: 'utf8' })
    const theirs = JSON.parse(text) as Saved & { y: number[]; classes: string[] }
    expect(theirs.classes).toEqual(model.layers.map((layer) => layer.getClassName()))
    theirs.y.forEach((value, i) => expect(value).toBeCloseTo(y[i]!, 5))

    const bytes = Buffer.from(theirs.data, 'base64')
    const weightData = bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.length)
    const back = await tf.loadLayersModel(
      tf.io.fromMemory({ modelTopology: theirs.topology as object, weightSpecs: theirs.specs, weightData }),
    )
    // The same fused ops on the same weights: the same bytes.
    expect((back.predict(x) as Tensor).dataSync()).toEqual(y)
    const inside = (layer: unknown): unknown => (layer as { forwardLayer?: unknown }).forwardLayer ?? layer
    back.layers.forEach((layer, i) => expect(inside(layer)).toBeInstanceOf((inside(model.layers[i]) as object).constructor))
  })
})
