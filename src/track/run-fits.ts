import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { displayPath, EXIT, LabError, sha256, stableJson } from '../core/index.js'
import { loadModel, readSavedModel, type FitReport, type Model, type ModelContext, type ModelSpec } from '../models/index.js'

/** A finished fit that lies in a run folder. */
export interface SavedFit {
  readonly model: string
  /** From 0. */
  readonly fold: number
  readonly spec: ModelSpec
  readonly report: FitReport
  /** By feature, where the model has one. */
  readonly importance: readonly number[] | null
  readonly seconds: number
  readonly testRows: number
  readonly folder: string
  /** Folder that `loadModel` reads. */
  readonly modelFolder: string
  readonly files: Readonly<Record<string, { readonly bytes: number; readonly sha256: string }>>
}

/** Finished fits of a run by model and fold, and what of the others cannot be read, in words. Folders of fits still going on are no fits. */
export function readFits(folder: string): { fits: SavedFit[]; problems: string[] } {
  const all = join(folder, 'fits')
  if (!existsSync(all)) return { fits: [], problems: [] }
  const fits: SavedFit[] = []
  const problems: string[] = []
  for (const entry of readdirSync(all, { withFileTypes: true })) {
    if (!entry.isDirectory() || !/^[0-9a-f]+$/.test(entry.name)) continue
    const fit = readFit(join(all, entry.name))
    if (typeof fit === 'string') problems.push(`fits/${entry.name}: ${fit}`)
    else fits.push(fit)
  }
  const order = (a: SavedFit, b: SavedFit): number => (a.model < b.model ? -1 : a.model > b.model ? 1 : a.fold - b.fold)
  return { fits: fits.sort(order), problems: problems.sort() }
}

function readFit(folder: string): SavedFit | string {
  try {
    const { check, ...manifest } = JSON.parse(readFileSync(join(folder, 'fit.json'), 'utf8')) as Omit<
      SavedFit,
      'folder' | 'modelFolder'
    > & { check: string }
    if (check !== sha256(stableJson(manifest))) return 'its manifest was changed'
    const { model, fold, spec, report, importance, seconds, testRows, files } = manifest
    return { model, fold, spec, report, importance, seconds, testRows, files, folder, modelFolder: join(folder, 'model') }
  } catch (error) {
    return error instanceof SyntaxError ? 'its manifest was cut short' : 'it has no manifest'
  }
}

/** Which fit of a run: the model's name and the fold, from 0. */
export interface FitChoice {
  readonly model: string
  readonly fold: number
}

/**
 * A fitted model of a run, ready to predict; to be closed by the caller.
 * @param context where it computes; default: whatever device there is
 * @throws LabError `no-such-fit`, `several-fits`, and those of `loadModel`
 */
export async function loadRunModel(
  run: { readonly id: string; readonly fits: readonly SavedFit[] },
  { model, fold }: FitChoice,
  context: ModelContext = { device: 'auto', requireDevice: false },
): Promise<Model> {
  const found = run.fits.filter((one) => one.model === model && one.fold === fold)
  if (found.length === 1) return loadModel(found[0]!.modelFolder, context)
  if (found.length > 1)
    throw new LabError('several-fits', 'The run has more than one such fitted model.', {
      received: `${model}, fold ${fold} of ${run.id}: ${found.map(({ folder }) => displayPath(folder)).join(', ')}`,
      expected: 'one fit for each model and fold',
      help: 'load the one that is meant by its folder: loadModel(fit.modelFolder, context)',
      exitCode: EXIT.usage,
    })
  throw new LabError('no-such-fit', 'The run has no such fitted model.', {
    received: `${model}, fold ${fold} of ${run.id}`,
    expected:
      run.fits.length === 0
        ? 'nothing: the run has no fitted models (it ended before, or they were pruned)'
        : `one of ${run.fits.map((one) => `${one.model} fold ${one.fold}`).join(', ')}`,
    help: `npm run pipeline -- --resume ${run.id} fits what is missing`,
    exitCode: EXIT.usage,
  })
}

/** Columns of the feature matrix that a fit was made on, in order. @throws LabError `no-model` where the model was pruned or is of another format */
export const fitColumns = ({ modelFolder }: SavedFit): readonly string[] => readSavedModel(modelFolder).names

/** What a fit said about its test rows. */
export interface FitPredictions {
  /** Rows of the bars that the run used, increasing. */
  readonly rows: Int32Array
  /** Of label 1, in their order. */
  readonly probability: Float64Array
}

/** Test rows of a kept fit and what it predicted for them, checked by hash. @throws LabError `fit-unreadable` where the file is gone, torn or changed */
export function readFitPredictions({ folder, files, testRows }: SavedFit): FitPredictions {
  const path = join(folder, 'predictions.bin')
  const bytes = existsSync(path) ? readFileSync(path) : Buffer.alloc(0)
  if (sha256(bytes) !== files['predictions.bin']?.sha256)
    throw new LabError('fit-unreadable', 'The predictions of a fit cannot be read.', {
      received: `${displayPath(path)}: ${bytes.length} bytes`,
      expected: `the file whose hash its fit.json names (${files['predictions.bin']?.bytes ?? 0} bytes)`,
      help: 'npm run pipeline -- --resume ID fits it again',
    })
  // Test rows (int32), then their probabilities (float64), little endian; copied, because the second part need not lie on eight bytes.
  const cut = (from: number, to: number): ArrayBuffer => new Uint8Array(bytes.subarray(from, to)).buffer
  return { rows: new Int32Array(cut(0, 4 * testRows)), probability: new Float64Array(cut(4 * testRows, bytes.length)) }
}
