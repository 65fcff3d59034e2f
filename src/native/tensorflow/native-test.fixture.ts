import { existsSync } from 'node:fs'
import { readInstalled } from '../installed.js'

/** Why tests of the native library cannot run here; undefined where they can. */
export function nativeTestsMissing(): string | undefined {
  const addon = readInstalled()?.addon?.path
  if (addon !== undefined && existsSync(addon)) return undefined
  process.stderr.write('skipped: the TensorFlow addon is not installed (npm run setup)\n')
  return 'the TensorFlow addon is not installed'
}
