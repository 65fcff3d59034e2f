/** An opaque C pointer, as koffi gives it. */
export type Handle = bigint
export type Out<T> = [T | null]
type Status = number

/** The C functions used here (XGBoost 3 `c_api.h`). Arrays go in as array interfaces: JSON texts that hold their address. */
export interface XgboostApi {
  lastError(): string
  buildInfo(out: Out<string>): Status
  proxyCreate(out: Out<Handle>): Status
  proxySetDense(proxy: Handle, values: string): Status
  quantileMatrixCreate(
    iterator: null,
    proxy: Handle,
    reference: Handle | null,
    reset: Handle,
    next: Handle,
    config: string,
    out: Out<Handle>,
  ): Status
  matrixCreate(values: string, config: string, out: Out<Handle>): Status
  matrixSetInfo(matrix: Handle, field: string, values: string): Status
  matrixSetNames(matrix: Handle, field: 'feature_name', names: readonly string[], count: number): Status
  matrixFree(matrix: Handle): Status
  boosterCreate(matrices: BigUint64Array, count: number, out: Out<Handle>): Status
  boosterSetNames(booster: Handle, field: 'feature_name', names: readonly string[], count: number): Status
  boosterSetParam(booster: Handle, name: string, value: string): Status
  boosterUpdate(booster: Handle, iteration: number, train: Handle): Status
  boosterUpdateByGradient(booster: Handle, train: Handle, iteration: number, gradient: string, hessian: string): Status
  boosterEvaluate(
    booster: Handle,
    iteration: number,
    matrices: BigUint64Array,
    names: readonly string[],
    count: number,
    out: Out<string>,
  ): Status
  boosterPredict(
    booster: Handle,
    matrix: Handle,
    config: string,
    shape: Out<Handle>,
    dimensions: Out<number | bigint>,
    out: Out<Handle>,
  ): Status
  boosterPredictDense(
    booster: Handle,
    values: string,
    config: string,
    proxy: null,
    shape: Out<Handle>,
    dimensions: Out<number | bigint>,
    out: Out<Handle>,
  ): Status
  boosterScore(
    booster: Handle,
    config: string,
    count: Out<number | bigint>,
    names: Out<Handle>,
    dimensions: Out<number | bigint>,
    shape: Out<Handle>,
    scores: Out<Handle>,
  ): Status
  boosterRounds(booster: Handle, out: Out<number>): Status
  boosterToBuffer(booster: Handle, config: string, length: Out<number | bigint>, out: Out<Handle>): Status
  boosterFromBuffer(booster: Handle, bytes: Uint8Array, length: number): Status
  boosterSlice(booster: Handle, begin: number, end: number, step: number, out: Out<Handle>): Status
  boosterConfig(booster: Handle, length: Out<number | bigint>, out: Out<string>): Status
  boosterFree(booster: Handle): Status
}

/** C declarations by the names above. */
export const DECLARATIONS: Record<keyof XgboostApi, string> = {
  lastError: 'const char *XGBGetLastError()',
  buildInfo: 'int XGBuildInfo(_Out_ const char **out)',
  proxyCreate: 'int XGProxyDMatrixCreate(_Out_ void **out)',
  proxySetDense: 'int XGProxyDMatrixSetDataDense(void *proxy, const char *values)',
  quantileMatrixCreate:
    'int XGQuantileDMatrixCreateFromCallback(void *iterator, void *proxy, void *reference, void *reset, void *next, const char *config, _Out_ void **out)',
  matrixCreate: 'int XGDMatrixCreateFromDense(const char *values, const char *config, _Out_ void **out)',
  matrixSetInfo: 'int XGDMatrixSetInfoFromInterface(void *matrix, const char *field, const char *values)',
  matrixSetNames: 'int XGDMatrixSetStrFeatureInfo(void *matrix, const char *field, const char **names, uint64_t count)',
  matrixFree: 'int XGDMatrixFree(void *matrix)',
  boosterCreate: 'int XGBoosterCreate(const void *matrices, uint64_t count, _Out_ void **out)',
  boosterSetNames: 'int XGBoosterSetStrFeatureInfo(void *booster, const char *field, const char **names, uint64_t count)',
  boosterSetParam: 'int XGBoosterSetParam(void *booster, const char *name, const char *value)',
  boosterUpdate: 'int XGBoosterUpdateOneIter(void *booster, int iteration, void *train)',
  boosterUpdateByGradient:
    'int XGBoosterTrainOneIter(void *booster, void *train, int iteration, const char *gradient, const char *hessian)',
  boosterEvaluate:
    'int XGBoosterEvalOneIter(void *booster, int iteration, const void *matrices, const char **names, uint64_t count, _Out_ const char **out)',
  boosterPredict:
    'int XGBoosterPredictFromDMatrix(void *booster, void *matrix, const char *config, _Out_ void **shape, _Out_ uint64_t *dimensions, _Out_ void **out)',
  boosterPredictDense:
    'int XGBoosterPredictFromDense(void *booster, const char *values, const char *config, void *proxy, _Out_ void **shape, _Out_ uint64_t *dimensions, _Out_ void **out)',
  boosterScore:
    'int XGBoosterFeatureScore(void *booster, const char *config, _Out_ uint64_t *count, _Out_ void **names, _Out_ uint64_t *dimensions, _Out_ void **shape, _Out_ void **scores)',
  boosterRounds: 'int XGBoosterBoostedRounds(void *booster, _Out_ int *out)',
  boosterToBuffer: 'int XGBoosterSaveModelToBuffer(void *booster, const char *config, _Out_ uint64_t *length, _Out_ void **out)',
  boosterFromBuffer: 'int XGBoosterLoadModelFromBuffer(void *booster, const void *bytes, uint64_t length)',
  boosterSlice: 'int XGBoosterSlice(void *booster, int begin, int end, int step, _Out_ void **out)',
  boosterConfig: 'int XGBoosterSaveJsonConfig(void *booster, _Out_ uint64_t *length, _Out_ const char **out)',
  boosterFree: 'int XGBoosterFree(void *booster)',
}
