import { closeSync, existsSync, fsyncSync, openSync, readdirSync, readFileSync, renameSync, rmSync, statSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { fileError, sha256, stableJson, syncFolder, writeFileAtomicSync, writeJsonAtomicSync } from '../../core/index.js'
import type { FitReport, ModelSpec } from '../../models/index.js'

/** `fit.json`, written last: a folder without it, or whose files do not match it, is not a fit. */
export interface FitManifest {
  readonly format: 1
  readonly key: string
  readonly fold: number
  readonly model: string
  readonly spec: ModelSpec
  readonly seed: number
  readonly threads: number
  readonly report: FitReport
  readonly importance: readonly number[] | null
  readonly testRows: number
  readonly seconds: number
  readonly files: Readonly<Record<string, { readonly bytes: number; readonly sha256: string }>>
}

export interface StoredFit {
  readonly manifest: FitManifest
  readonly rows: Int32Array
  readonly proba: Float64Array
}

const PREDICTIONS = 'predictions.bin'

/** Test rows (int32), then their probabilities (float64), little endian. */
export function writePredictions(folder: string, rows: Int32Array, proba: Float64Array): void {
  const parts = [rows, proba].map((part) => Buffer.from(part.buffer, part.byteOffset, part.byteLength))
  writeFileAtomicSync(join(folder, PREDICTIONS), Buffer.concat(parts))
}

const filesIn = (folder: string): string[] =>
  (readdirSync(folder, { recursive: true }) as string[]).filter((file) => statSync(join(folder, file)).isFile()).sort()

/** Makes a work folder a fit: every file on the disk, then the manifest with their hashes, then the rename. */
export function sealFit(workFolder: string, folder: string, facts: Omit<FitManifest, 'files' | 'format'>): void {
  const files: Record<string, { bytes: number; sha256: string }> = {}
  for (const file of filesIn(workFolder)) {
    const path = join(workFolder, file)
    const content = readFileSync(path)
    files[file] = { bytes: content.length, sha256: sha256(content) }
    const fd = openSync(path, 'r')
    fsyncSync(fd)
    closeSync(fd)
    syncFolder(dirname(path))
  }
  const manifest: FitManifest = { format: 1, ...facts, files }
  writeJsonAtomicSync(join(workFolder, 'fit.json'), { ...manifest, check: sha256(stableJson(manifest)) })
  try {
    renameSync(workFolder, folder)
  } catch (error) {
    // Another call on this run folder was faster: the same hash means the same result.
    if (typeof readFit(folder) !== 'object') throw fileError(error, folder)
    rmSync(workFolder, { recursive: true, force: true })
  }
  syncFolder(dirname(folder))
}

/** @returns the fit; a sentence saying what is wrong with the folder; undefined where there is no folder */
export function readFit(folder: string): StoredFit | string | undefined {
  if (!existsSync(folder)) return undefined
  try {
    const { check, ...manifest } = JSON.parse(readFileSync(join(folder, 'fit.json'), 'utf8')) as FitManifest & { check: string }
    if (manifest.format !== 1 || manifest.key !== basename(folder) || check !== sha256(stableJson(manifest)))
      return 'its manifest was changed'
    for (const [file, expected] of Object.entries(manifest.files)) {
      const content = readFileSync(join(folder, file))
      if (content.length !== expected.bytes || sha256(content) !== expected.sha256) return `${file} was changed or cut short`
    }
    const bytes = readFileSync(join(folder, PREDICTIONS))
    const cut = (from: number, to: number): ArrayBuffer => new Uint8Array(bytes.subarray(from, to)).buffer
    const middle = manifest.testRows * 4
    return { manifest, rows: new Int32Array(cut(0, middle)), proba: new Float64Array(cut(middle, bytes.length)) }
  } catch (error) {
    return error instanceof SyntaxError ? 'its manifest was cut short' : `a file is missing or cannot be read (${(error as Error).message})`
  }
}
