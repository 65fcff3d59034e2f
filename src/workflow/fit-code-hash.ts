import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { projectPath, sha256 } from '../core/index.js'

/** Rooms whose code decides what a fit computes: after an edit there, a stored fit is not what this code would give. */
const ROOMS = ['core', 'native', 'sidecar', 'train', 'models']
const FILES = ['src/features/standard-scaler.ts', 'src/workflow/fit-worker.ts', 'package-lock.json']

/** Hash of the code and the npm packages behind a fit. */
export function fitCodeHash(): string {
  const files = ROOMS.flatMap((room) =>
    (readdirSync(projectPath('src', room), { recursive: true }) as string[]).map((file) => join('src', room, file)),
  )
    .filter((file) => /\.(ts|cjs|mjs|py|cc|h)$/.test(file) && !/\.test\.ts$/.test(file))
    .concat(FILES)
    .sort()
  return sha256(...files.flatMap((file) => [file, readFileSync(projectPath(file))]))
}
