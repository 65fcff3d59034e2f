import { sha256, stableJson } from '../core/index.js'
import type { WeightValues } from './network.js'
import { identityDifference, type TrainingIdentity } from './training-identity.js'
import type { TrainingState } from './training-state.js'

const FORMAT = 1

type Scalars = Omit<TrainingState, 'weights' | 'best' | 'optimizer'>

/** `manifest.json`: all but the arrays, and checksums of both files. */
interface Manifest {
  readonly format: typeof FORMAT
  readonly identity: TrainingIdentity
  /** For rotation and for people; no part of the state. */
  readonly savedAt: number
  readonly state: Scalars
  readonly optimizerSteps: number
  /** Contents of `arrays.bin` in order: 32-bit little-endian floats. */
  readonly arrays: readonly { readonly name: string; readonly shape: readonly number[] }[]
  readonly arraysSha256: string
  /** Of the manifest without this member. */
  readonly checksum: string
}

export interface CheckpointFiles {
  readonly manifest: string
  readonly arrays: Uint8Array
}

/** The same state, identity and time give the same bytes. */
export function encodeCheckpoint(
  { weights, best, optimizer, ...state }: TrainingState,
  identity: TrainingIdentity,
  savedAt: number,
): CheckpointFiles {
  const arrays = [
    ...weights.map((weight) => ({ ...weight, name: `weights/${weight.name}` })),
    ...best.map((weight) => ({ ...weight, name: `best/${weight.name}` })),
    ...Object.entries(optimizer.buffers).map(([name, values]) => ({ name: `optimizer/${name}`, shape: [values.length], values })),
  ]
  const bytes = Buffer.concat(arrays.map(({ values }) => Buffer.from(values.buffer, values.byteOffset, values.byteLength)))
  const content = {
    format: FORMAT,
    identity,
    savedAt,
    state,
    optimizerSteps: optimizer.steps,
    arrays: arrays.map(({ name, shape }) => ({ name, shape })),
    arraysSha256: sha256(bytes),
  }
  const checksum = sha256(stableJson(content))
  return { manifest: `${stableJson({ ...content, checksum }, 2)}\n`, arrays: bytes }
}

/** What a manifest says about itself; a text where it cannot be trusted. */
export function readManifest(text: string): Manifest | string {
  let manifest: Manifest
  try {
    manifest = JSON.parse(text) as Manifest
  } catch {
    return 'its manifest is not JSON: cut short or changed'
  }
  const { checksum, ...content } = manifest
  if (sha256(stableJson(content)) !== checksum) return 'the checksum of its manifest does not fit'
  const format: unknown = manifest.format
  if (format !== FORMAT) return `its format is ${String(format)}, not ${FORMAT}`
  return manifest
}

/** The state, or why this checkpoint cannot be gone on from: damaged, or of another training. */
export function decodeCheckpoint({ manifest: text, arrays: bytes }: CheckpointFiles, wanted: TrainingIdentity): TrainingState | string {
  const manifest = readManifest(text)
  if (typeof manifest === 'string') return manifest
  const difference = identityDifference(manifest.identity, wanted)
  if (difference !== undefined) return `it belongs to another training: ${difference}`
  if (sha256(bytes) !== manifest.arraysSha256) return `the checksum of its ${bytes.byteLength} bytes of arrays does not fit`
  const arrays = splitArrays(manifest, bytes)
  const named = (prefix: string): WeightValues[] =>
    arrays.filter(({ name }) => name.startsWith(prefix)).map((array) => ({ ...array, name: array.name.slice(prefix.length) }))
  const buffers = Object.fromEntries(named('optimizer/').map(({ name, values }) => [name, values]))
  const optimizer = { steps: manifest.optimizerSteps, buffers }
  return { ...revive(manifest.state), weights: named('weights/'), best: named('best/'), optimizer }
}

function splitArrays({ arrays }: Manifest, bytes: Uint8Array): WeightValues[] {
  // A copy at an aligned address.
  const all = new Float32Array(Uint8Array.from(bytes).buffer)
  let at = 0
  return arrays.map(({ name, shape }) => {
    const length = shape.reduce((product, size) => product * size, 1)
    const values = all.slice(at, at + length)
    at += length
    return { name, shape, values }
  })
}

/** {@link stableJson} writes numbers that are not finite as strings; the state holds no other strings. */
const revive = (state: Scalars): Scalars =>
  JSON.parse(JSON.stringify(state), (_, value: unknown) => (typeof value === 'string' ? Number(value) : value)) as Scalars
