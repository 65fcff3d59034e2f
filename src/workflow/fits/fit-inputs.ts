import { closeSync, openSync, readFileSync, writeSync } from 'node:fs'
import { fileError, sha256 } from '../../core/index.js'
import type { FeatureMatrix } from '../../preprocess/index.js'

/** What all fits of one call share. */
export interface FitInputs {
  readonly X: FeatureMatrix
  readonly y: Float64Array
  /** By row of X: what it counts in training. Undefined: all alike. */
  readonly sampleWeight?: Float64Array
  /** By row of X: when its label is known. */
  readonly labelEndTime?: Float64Array
}

const bytesOf = (data: Float64Array): Buffer => Buffer.from(data.buffer, data.byteOffset, data.byteLength)

export function hashFitInputs({ X, y, sampleWeight, labelEndTime }: FitInputs): string {
  const more = [
    ...(sampleWeight === undefined ? [] : ['weighted', sampleWeight]),
    ...(labelEndTime === undefined ? [] : ['ends', labelEndTime]),
  ]
  return sha256(JSON.stringify(X.names), X.values, X.time, y, ...more)
}

/** One raw file: length of the header, header (JSON, padded to 8 bytes), values, time, y and, where they are given, weights and ends of labels as float64. Temporary: it lives as long as the call. */
export function writeFitInputs(path: string, { X, y, sampleWeight, labelEndTime }: FitInputs): void {
  const given = { weighted: sampleWeight !== undefined, ended: labelEndTime !== undefined }
  const text = JSON.stringify({ names: X.names, rows: X.rows, ...given })
  const header = Buffer.from(text.padEnd(text.length + ((8 - (Buffer.byteLength(text) % 8)) % 8)), 'utf8')
  try {
    const fd = openSync(path, 'w')
    try {
      for (const part of [
        bytesOf(Float64Array.of(header.length)),
        header,
        bytesOf(X.values),
        bytesOf(X.time),
        bytesOf(y),
        bytesOf(sampleWeight ?? new Float64Array(0)),
        bytesOf(labelEndTime ?? new Float64Array(0)),
      ])
        for (let at = 0; at < part.length;) at += writeSync(fd, part, at)
    } finally {
      closeSync(fd)
    }
  } catch (error) {
    throw fileError(error, path)
  }
}

export function readFitInputs(path: string): FitInputs {
  const bytes = readFileSync(path)
  const buffer = bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength)
  const headerLength = new Float64Array(buffer, 0, 1)[0]!
  const { names, rows, weighted, ended } = JSON.parse(bytes.toString('utf8', 8, 8 + headerLength)) as {
    names: string[]
    rows: number
    weighted: boolean
    ended: boolean
  }
  let at = 8 + headerLength
  const take = (length: number): Float64Array => {
    const part = new Float64Array(buffer, at, length)
    at += length * 8
    return part
  }
  const values = take(rows * names.length)
  return {
    ...{ X: { names, rows, values, time: take(rows) }, y: take(rows) },
    ...(weighted && { sampleWeight: take(rows) }),
    ...(ended && { labelEndTime: take(rows) }),
  }
}
