import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { LabError, sha256, writeFileAtomicSync } from '../../core/index.js'
import type { Tfjs } from '../../native/tensorflow/index.js'
import { readWeights } from '../../train/index.js'
import type { WeightedNetwork } from './weighted-network.js'

/** What the manifest says about `weights.bin`: all weights one after the other, 32-bit little-endian floats, each row-major. */
export interface WeightsManifest {
  readonly sha256: string
  readonly arrays: readonly { readonly name: string; readonly shape: readonly number[] }[]
}

const fileOf = (folder: string): string => join(folder, 'weights.bin')

const length = (shape: readonly number[]): number => shape.reduce((product, size) => product * size, 1)

/** Writes `weights.bin`; the manifest belongs into the file that is written last. */
export function writeWeights(folder: string, { weights: variables }: Pick<WeightedNetwork, 'weights'>): WeightsManifest {
  const weights = readWeights({ variables })
  const bytes = Buffer.alloc(4 * weights.reduce((sum, { values }) => sum + values.length, 0))
  let at = 0
  for (const { values } of weights) for (const value of values) at = bytes.writeFloatLE(value, at)
  writeFileAtomicSync(fileOf(folder), bytes)
  return { sha256: sha256(bytes), arrays: weights.map(({ name, shape }) => ({ name, shape })) }
}

/** Puts saved weights into a network of the same make, bit by bit. @throws LabError `damaged-model` */
export function loadWeights(tf: Tfjs, folder: string, manifest: WeightsManifest, { weights }: WeightedNetwork): void {
  const bytes = readBytes(folder)
  const layout = (arrays: WeightsManifest['arrays']): string => arrays.map(({ name, shape }) => `${name}[${shape.join(',')}]`).join(' ')
  const expected = layout(weights.map(({ name, variable }) => ({ name, shape: variable.shape })))
  if (sha256(bytes) !== manifest.sha256)
    throw damaged(folder, `weights.bin of ${bytes.length} bytes with another checksum`, manifest.sha256)
  if (layout(manifest.arrays) !== expected) throw damaged(folder, layout(manifest.arrays), expected)
  let at = 0
  for (const { variable } of weights) {
    const values = Float32Array.from({ length: length(variable.shape) }, (_, i) => bytes.readFloatLE(at + 4 * i))
    tf.tidy(() => variable.assign(tf.tensor(values, variable.shape)))
    at += 4 * values.length
  }
}

function readBytes(folder: string): Buffer {
  try {
    return readFileSync(fileOf(folder))
  } catch (error) {
    throw damaged(folder, 'weights.bin cannot be read', 'the file that was saved', error)
  }
}

const damaged = (folder: string, received: string, expected: string, cause?: unknown): LabError =>
  new LabError('damaged-model', 'The saved model is not whole.', {
    received: `${folder}: ${received}`,
    expected,
    help: 'train the model again, or copy the whole folder again',
    ...(cause !== undefined && { cause }),
  })
