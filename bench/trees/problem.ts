import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createRng } from '../../src/core/index.js'
import type { FitInput } from '../../src/models/index.js'
import { treeRows, type TreeRows } from '../../src/models/trees/tree-rows.js'
import { fitPreprocessor, parsePreprocessSpec } from '../../src/preprocess/index.js'

/** What each peer process finds in its folder, in `problem.json`, beside `x.f64` [rows, columns] and `y.f64` [rows]. */
export interface Problem {
  readonly rows: number
  readonly columns: number
  /** Rows of training; the rest is predicted. */
  readonly train: number
  readonly explained: number
  readonly threads: number
  /** The libraries' own parameters, the same on both sides. */
  readonly xgboost: Readonly<Record<string, string | number | boolean>>
  readonly lightgbm: Readonly<Record<string, string | number | boolean>>
  readonly rounds: number
  readonly forest: { readonly trees: number; readonly maxDepth: number; readonly minSamplesLeaf: number; readonly maxFeatures: number }
}

/** A noisy market: the label depends on a few columns and a product of two. */
function data({ rows, columns }: Pick<Problem, 'rows' | 'columns'>): { x: Float64Array; y: Float64Array } {
  const rng = createRng(1, 'bench-trees')
  const x = Float64Array.from({ length: rows * columns }, () => rng.normal())
  const y = Float64Array.from({ length: rows }, (_, i) => {
    const at = (column: number): number => x[i * columns + column]!
    return 0.5 * at(0) - 0.3 * at(1) + 0.4 * at(2) * at(3) + 2 * rng.normal() > 0 ? 1 : 0
  })
  return { x, y }
}

/** Writes the problem into a folder of its own while `use` runs. */
export async function withProblem<T>(problem: Problem, use: (folder: string) => Promise<T>): Promise<T> {
  const folder = mkdtempSync(join(tmpdir(), 'barlab-bench-trees-'))
  try {
    for (const [name, values] of Object.entries(data(problem))) writeFileSync(join(folder, `${name}.f64`), values)
    writeFileSync(join(folder, 'problem.json'), JSON.stringify(problem))
    return await use(folder)
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

/** The problem as a model takes it. */
export function readProblem(folder: string): { readonly problem: Problem; readonly input: FitInput; readonly rows: TreeRows } {
  const problem = JSON.parse(readFileSync(join(folder, 'problem.json'), 'utf8')) as Problem
  const floats = (name: string): Float64Array => new Float64Array(Uint8Array.from(readFileSync(join(folder, `${name}.f64`))).buffer)
  const names = Array.from({ length: problem.columns }, (_, j) => `f${j}`)
  const X = { names, rows: problem.rows, time: Float64Array.from({ length: problem.rows }, (_, i) => i * 60_000), values: floats('x') }
  const train = Int32Array.from({ length: problem.train }, (_, i) => i)
  const input = { X, y: floats('y'), train, validation: new Int32Array(0), seed: 1, threads: problem.threads }
  const rows = treeRows(input, 'classification', () => fitPreprocessor(X, train, parsePreprocessSpec({}, 'none')))
  return { problem, input, rows }
}
