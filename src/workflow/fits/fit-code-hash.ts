import { readdirSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { projectPath, sha256 } from '../../core/index.js'
import { modelSources, type ModelKind } from '../../models/index.js'

/** Code that decides what any fit computes: after an edit there, a stored fit is not what this code would give. */
const COMMON = [
  'src/core',
  'src/metrics',
  'src/models',
  'src/preprocess',
  'src/split',
  'src/workflow/fits/fit-worker.ts',
  'package-lock.json',
]

function filesOf(path: string): string[] {
  if (statSync(projectPath(path)).isFile()) return [path]
  return (readdirSync(projectPath(path), { recursive: true }) as string[])
    .map((file) => join(path, file))
    .filter((file) => /\.(ts|cjs|mjs|py|cc|h)$/.test(file) && !/\.test\.ts$/.test(file))
}

/** Hash of the code and the npm packages behind a fit. */
export function fitCodeHash(kind: ModelKind): string {
  const files = [...COMMON, ...modelSources(kind)].flatMap(filesOf).sort()
  return sha256(...files.flatMap((file) => [file, readFileSync(projectPath(file))]))
}
