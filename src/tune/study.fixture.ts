import { existsSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { readInstalled } from '../native/installed.js'
import { parseSearchSpace } from './search-space.js'
import { runStudy, type RunStudyOptions } from './run-study.js'
import { Study, type StudyOptions } from './study.js'
import type { StudyTrial } from './study-trial.js'

/** Studies of a formula, for tests. */
export const hasPython = existsSync(readInstalled()?.python.executable ?? '')

export const space = parseSearchSpace({
  x: { kind: 'float', low: -2, high: 2 },
  rate: { kind: 'float', low: 1e-4, high: 1, log: true },
  depth: { kind: 'int', low: 1, high: 8 },
  kind: { kind: 'categorical', choices: ['a', 'b', 'c'] },
})

/** Smallest at x = 0.5, rate = 0.01, depth = 3, kind 'b'; each step adds a little of its own. */
export function loss({ params }: Pick<StudyTrial, 'params'>, step: number): number {
  const [x, rate, depth] = [Number(params.x), Number(params.rate), Number(params.depth)]
  return (
    (x - 0.5) ** 2 + (Math.log10(rate) + 2) ** 2 / 4 + (depth - 3) ** 2 / 10 + (params.kind === 'b' ? 0 : 0.5) + Math.sin(step + 9 * x) / 50
  )
}

/** A folder for one database, removed by `remove`. */
export function studyPlace(): { readonly storage: string; readonly folder: string; remove(): void } {
  const folder = mkdtempSync(join(tmpdir(), 'barlab-study-'))
  return { storage: `sqlite:///${join(folder, 'studies.db')}`, folder, remove: () => rmSync(folder, { recursive: true, force: true }) }
}

export const studyOptions = (storage: string, more: Partial<StudyOptions> = {}): StudyOptions => ({
  ...{
    storage,
    name: 'formula',
    direction: 'minimize',
    space,
    sampler: 'tpe',
    pruner: 'median',
    seed: 7,
    steps: 2,
    facts: { data: 'formula' },
  },
  ...more,
})

/** Opens a study, runs it with {@link loss} and closes it. @returns its trials */
export async function runFormula(options: StudyOptions, run: Partial<RunStudyOptions> = {}): Promise<StudyTrial[]> {
  const study = await Study.open(options)
  try {
    await runStudy({
      ...{ study, trials: 8, steps: options.steps, batch: 4, workers: 1, evaluate: (trial, step) => Promise.resolve(loss(trial, step)) },
      ...run,
    })
    return await study.trials()
  } finally {
    await study.close()
  }
}

/** What must be equal in two studies. */
export const content = (trials: readonly StudyTrial[]): object[] =>
  trials.map(({ number, state, params, value, steps }) => ({ number, state, params, value, steps }))
