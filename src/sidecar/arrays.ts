import { readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileError, LabError } from '../core/index.js'

type SidecarData = Float64Array | Float32Array | Int32Array

/** An array for Python: row-major values of the given shape. Becomes a raw file that numpy maps. */
export class SidecarArray {
  /** @throws LabError `bad-shape` where the shape does not hold as many values; `not-finite` for NaN or infinities. */
  constructor(
    readonly data: SidecarData,
    readonly shape: readonly number[] = [data.length],
  ) {
    const size = shape.reduce((product, n) => product * n, 1)
    if (size !== data.length)
      throw new LabError('bad-shape', 'An array does not fit its shape.', {
        received: `${data.length} values for ${JSON.stringify(shape)}`,
        expected: `${size} values`,
      })
    if (!(data instanceof Int32Array)) {
      const at = data.findIndex((v) => !Number.isFinite(v))
      if (at >= 0)
        throw new LabError('not-finite', 'An array for Python holds a value that is not finite.', {
          received: `${data[at]} at position ${at}`,
          expected: 'finite values only',
          help: 'drop or fill the rows with missing values before the call',
        })
    }
  }
}

interface ArrayReference {
  readonly $array: { readonly path: string; readonly dtype: string; readonly shape: readonly number[] }
}

const dtypeOf = (data: SidecarData): string => (data instanceof Float64Array ? '<f8' : data instanceof Float32Array ? '<f4' : '<i4')

/**
 * Request parameters as JSON can carry them: every {@link SidecarArray} is written to `folder` and replaced by a reference.
 * @returns the parameters and the files written, to be removed after the call.
 * @throws LabError `not-finite` for a number that JSON does not know
 */
export function encodeParams(
  params: unknown,
  folder: string,
  prefix: string,
): { readonly value: unknown; readonly files: readonly string[] } {
  const files: string[] = []
  const encode = (value: unknown, key: string): unknown => {
    if (value instanceof SidecarArray) {
      const path = join(folder, `${prefix}-${files.length}.bin`)
      const { data, shape } = value
      try {
        writeFileSync(path, Buffer.from(data.buffer, data.byteOffset, data.byteLength))
      } catch (error) {
        throw fileError(error, path)
      }
      files.push(path)
      return { $array: { path, dtype: dtypeOf(data), shape } } satisfies ArrayReference
    }
    if (typeof value === 'number' && !Number.isFinite(value))
      throw new LabError('not-finite', 'A parameter for Python is not finite.', {
        received: `${key} = ${value}`,
        expected: 'a finite number',
      })
    if (Array.isArray(value)) return value.map((item, i) => encode(item, `${key}[${i}]`))
    if (value !== null && typeof value === 'object')
      return Object.fromEntries(Object.entries(value).map(([name, item]) => [name, encode(item, name)]))
    return value
  }
  return { value: encode(params, 'params'), files }
}

/** The inverse for results: references become typed arrays, and their files are removed. */
export function decodeResult(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(decodeResult)
  if (value === null || typeof value !== 'object') return value
  const reference = (value as Partial<ArrayReference>).$array
  if (reference !== undefined) {
    const bytes = readFileSync(reference.path)
    rmSync(reference.path, { force: true })
    const exact = bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength)
    if (reference.dtype === '<f8') return new Float64Array(exact)
    if (reference.dtype === '<f4') return new Float32Array(exact)
    if (reference.dtype === '<i4') return new Int32Array(exact)
    if (reference.dtype === '<i8') return Float64Array.from(new BigInt64Array(exact), Number)
    throw new LabError('sidecar-protocol', 'Python answered with an array of an unknown type.', {
      received: reference.dtype,
      expected: 'float64, float32, int32 or int64',
    })
  }
  return Object.fromEntries(Object.entries(value).map(([name, item]) => [name, decodeResult(item)]))
}
