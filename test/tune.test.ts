import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import {
  bestParameters,
  listRuns,
  makeConfig,
  readRun,
  studyFolder,
  tuneDirection,
  type LabError,
  type TuneDirectionOptions,
} from '../src/index.js'
import { lightgbmLibraryPath } from '../src/native/lightgbm/index.js'
import { ownRunsFolder } from './fixtures/own-runs-folder.js'
import { unlinkedNumbers } from './fixtures/unlinked-numbers.js'

const ready = lightgbmLibraryPath() !== undefined
if (!ready) process.stderr.write('the tuning job is not tested: no Python environment (npm run setup)\n')
ownRunsFolder('tune')

const spaces = { lightgbm: { numLeaves: [4, 8, 12] } }
const config = makeConfig({ training: { validation: { n_splits: 2 } }, tuning: { spaces, sampler: 'grid', pruner: 'none' } })
const options: TuneDirectionOptions = {
  model: 'lightgbm',
  dataset: 'btc-usd-1d',
  config,
  study: 'small',
  workers: 2,
  batch: 1,
  device: 'cpu',
}

describe.skipIf(!ready)('tuneDirection', () => {
  it('goes on after an interruption, scores the best once on later bars, and leaves a run, a report and the best parameters', async () => {
    const stop = new AbortController()
    const stopped = tuneDirection({ ...options, signal: stop.signal, onTrial: () => stop.abort() }).catch((error: unknown) => error)
    expect(await stopped).toMatchObject({ code: 'interrupted', exitCode: 75 } satisfies Partial<LabError>)
    expect(listRuns().map(({ name, status }) => [name, status])).toEqual([['tune-lightgbm', 'interrupted']])

    const { run, tuned, holdout } = await tuneDirection(options)
    expect(tuned.trials.map(({ number, state }) => [number, state])).toEqual([0, 1, 2].map((number) => [number, 'complete']))
    expect(new Set(tuned.trials.map(({ params }) => JSON.stringify(params))).size).toBe(3)
    expect(holdout.map(({ parameters }) => parameters)).toEqual(['tuned', 'default'])
    const { auc, scores, rows } = holdout[0]!
    expect(scores.auc).toBeCloseTo(auc!.auc, 12)
    expect(auc!.lower < auc!.auc && auc!.auc < auc!.upper && rows > 300).toBe(true)

    const best = bestParameters('small')
    expect(best).toMatchObject({
      study: 'small',
      params: tuned.result!.params,
      counts: { complete: 3 },
      facts: { holdout: [{ parameters: 'tuned' }, { parameters: 'default' }] },
    })
    expect(existsSync(join(studyFolder('small'), 'fits'))).toBe(true)
    expect(readRun(run.folder)).toMatchObject({
      status: 'ok',
      leaks: { clean: true },
      outcome: { study: 'small', headline: expect.stringContaining('on bars that no trial saw') as string },
    })
    const metrics = JSON.parse(readFileSync(run.path('metrics.json'), 'utf8')) as {
      checks: Record<'oracle' | 'noise' | 'overfitting', object>
    }
    expect(metrics).toMatchObject({ study: 'small', best: { params: best.params } })
    expect(metrics.checks).toMatchObject({
      oracle: { pass: true, models: [{ model: 'lightgbm', measure: 'AUC' }] },
      noise: { check: 'noise' },
      overfitting: { trials: 3, chosen: `trial ${tuned.result!.trial}` },
    })
    const report = readFileSync(run.path('report.html'), 'utf8')
    for (const figure of [
      'study-history',
      'study-importance',
      'study-parallel',
      'fold-timeline',
      'Could it be luck?',
      'deflated Sharpe ratio',
    ])
      expect(report).toContain(figure)
    expect(unlinkedNumbers(report)).toEqual([])
  })
})
