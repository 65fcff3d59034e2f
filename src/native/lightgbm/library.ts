import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { LabError } from '../../core/index.js'
import { openForeignLibrary } from '../foreign-library.js'
import { installedPackageVersion, readInstalled } from '../installed.js'

/** An opaque C pointer, as koffi gives it. */
export type Handle = bigint
type Out<T> = [T | null]
type Status = number

/** Of `boosterPredict`: 0 what the objective predicts, 1 the sum of the trees, 3 SHAP values. */
export type PredictionKind = 0 | 1 | 3

/** The C functions used here (LightGBM 4 `c_api.h`); element type 0 is float32, 1 float64. Typed arrays are passed as they lie in memory. */
export interface LightgbmApi {
  lastError(): string
  datasetCreate(
    data: Float64Array,
    type: 1,
    rows: number,
    columns: number,
    rowMajor: 1,
    params: string,
    reference: Handle | null,
    out: Out<Handle>,
  ): Status
  datasetSetField(dataset: Handle, field: string, data: Float32Array | Float64Array, count: number, type: 0 | 1): Status
  datasetFree(dataset: Handle): Status
  boosterCreate(train: Handle, params: string, out: Out<Handle>): Status
  boosterAddValidation(booster: Handle, dataset: Handle): Status
  boosterRounds(booster: Handle, out: Out<number>): Status
  boosterMerge(booster: Handle, before: Handle): Status
  boosterUpdate(booster: Handle, finished: Out<number>): Status
  boosterEvaluate(booster: Handle, dataset: number, count: Out<number>, out: Float64Array): Status
  boosterPredict(
    booster: Handle,
    data: Float64Array,
    type: 1,
    rows: number,
    columns: number,
    rowMajor: 1,
    kind: PredictionKind,
    start: 0,
    rounds: number,
    params: string,
    count: Out<number>,
    out: Float64Array,
  ): Status
  boosterImportance(booster: Handle, rounds: number, kind: 0 | 1, out: Float64Array): Status
  boosterToText(booster: Handle, start: 0, rounds: number, importance: 0 | 1, size: number, length: Out<number>, out: Uint8Array): Status
  boosterFromText(text: string, rounds: Out<number>, out: Out<Handle>): Status
  boosterFree(booster: Handle): Status
}

/** C declarations by the names above. */
const DECLARATIONS: Record<keyof LightgbmApi, string> = {
  lastError: 'const char *LGBM_GetLastError()',
  datasetCreate:
    'int LGBM_DatasetCreateFromMat(const void *data, int type, int32_t rows, int32_t columns, int rowMajor, const char *params, void *reference, _Out_ void **out)',
  datasetSetField: 'int LGBM_DatasetSetField(void *dataset, const char *field, const void *data, int count, int type)',
  datasetFree: 'int LGBM_DatasetFree(void *dataset)',
  boosterCreate: 'int LGBM_BoosterCreate(void *train, const char *params, _Out_ void **out)',
  boosterAddValidation: 'int LGBM_BoosterAddValidData(void *booster, void *dataset)',
  boosterRounds: 'int LGBM_BoosterGetCurrentIteration(void *booster, _Out_ int *out)',
  boosterMerge: 'int LGBM_BoosterMerge(void *booster, void *before)',
  boosterUpdate: 'int LGBM_BoosterUpdateOneIter(void *booster, _Out_ int *finished)',
  boosterEvaluate: 'int LGBM_BoosterGetEval(void *booster, int dataset, _Out_ int *count, double *out)',
  boosterPredict:
    'int LGBM_BoosterPredictForMat(void *booster, const void *data, int type, int32_t rows, int32_t columns, int rowMajor, int kind, int start, int rounds, const char *params, _Out_ int64_t *count, double *out)',
  boosterImportance: 'int LGBM_BoosterFeatureImportance(void *booster, int rounds, int kind, double *out)',
  boosterToText:
    'int LGBM_BoosterSaveModelToString(void *booster, int start, int rounds, int importance, int64_t size, _Out_ int64_t *length, void *out)',
  boosterFromText: 'int LGBM_BoosterLoadModelFromString(const char *text, _Out_ int *rounds, _Out_ void **out)',
  boosterFree: 'int LGBM_BoosterFree(void *booster)',
}

let api: LightgbmApi | undefined

/** Path of the shared library that set-up's LightGBM wheel brought, undefined where it is not there. */
export function lightgbmLibraryPath(): string | undefined {
  const folder = readInstalled()?.sitePackages
  if (folder === undefined) return undefined
  const path = join(folder, 'lightgbm/lib/lib_lightgbm.so')
  return existsSync(path) ? path : undefined
}

/** Version of the wheel, 'unknown' where it left no record. */
export const lightgbmVersion = (): string => installedPackageVersion('lightgbm') ?? 'unknown'

/** Loads LightGBM at the first call. @throws LabError `no-lightgbm` where it is missing or does not load. */
export function lightgbmApi(): LightgbmApi {
  if (api !== undefined) return api
  const path = lightgbmLibraryPath()
  if (path === undefined)
    throw new LabError('no-lightgbm', 'LightGBM is not installed.', {
      received: 'no lightgbm/lib/lib_lightgbm.so in the environment of this project',
      expected: 'the environment that set-up makes',
      help: 'npm run setup',
    })
  try {
    const library = openForeignLibrary(path)
    const bound = Object.entries(DECLARATIONS).map(([name, declaration]) => [name, library.func(declaration)])
    return (api = Object.fromEntries(bound) as LightgbmApi)
  } catch (cause) {
    throw new LabError('no-lightgbm', 'LightGBM could not be loaded.', {
      received: path,
      expected: 'a library that loads; it needs the OpenMP runtime libgomp.so.1',
      help: 'install the package libgomp1 of the system, then npm run doctor',
      cause,
    })
  }
}

/** @throws LabError `lightgbm-error` with LightGBM's own words. Its last error belongs to the thread, so all calls are synchronous. */
export function check(status: Status, doing: string): void {
  if (status !== 0)
    throw new LabError('lightgbm-error', `LightGBM failed while ${doing}.`, {
      received: lightgbmApi().lastError().trim(),
      help: 'check the parameters of the model',
    })
}

/** LightGBM's own parameter text: `name=value` pairs. */
export function parameterText(params: Readonly<Record<string, string | number | boolean>>): string {
  return Object.entries(params)
    .map(([name, value]) => `${name}=${value}`)
    .join(' ')
}
