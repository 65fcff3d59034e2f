import { join } from 'node:path'
import { modelBackend, resolveModelSpec } from '../../models/index.js'
import { checkpointFolder } from './fit-checkpoints.js'
import { fitCodeHash } from './fit-code-hash.js'
import { hashFitInputs } from './fit-inputs.js'
import { fitKey, fitSeed, type PlannedFit } from './fit-job.js'
import type { FitOptions, FitProblem } from './fit-options.js'

/** One fit for each problem, fold and model, in this order, each with the hash of all that decides it. @param fits folder of finished fits */
export async function planFits(problems: readonly FitProblem[], options: FitOptions, fits: string): Promise<PlannedFit[]> {
  const { models, device, requireDevice, threadsPerFit: threads, runFolder, checkpoints, reuse } = options
  const specs = models.map(({ spec }) => resolveModelSpec(spec))
  const backends = await Promise.all(specs.map(({ kind }) => modelBackend(kind, { device, requireDevice })))
  const codes = specs.map(({ kind }) => fitCodeHash(kind))
  return problems.flatMap((problem, p) => {
    const inputs = reuse?.inputsHash(problem) ?? hashFitInputs(problem)
    return problem.folds.flatMap((fold) =>
      models.map(({ name }, m): PlannedFit => {
        const spec = specs[m]!
        const seed = fitSeed(options.seed, name, fold.index)
        const key = fitKey({ inputs, code: codes[m]!, backend: backends[m]!, spec, fold, seed, threads })
        const { train, validation, test } = fold
        return {
          ...{ key, problem: p, fold: fold.index, model: name, spec, train, validation, test, seed, threads, device, requireDevice },
          ...(problem.symbol !== undefined && { symbol: problem.symbol }),
          folder: join(fits, key),
          ...(checkpoints !== undefined && { checkpoint: { ...checkpoints, folder: checkpointFolder(runFolder, key) } }),
        }
      }),
    )
  })
}
