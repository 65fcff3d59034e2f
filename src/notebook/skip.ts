import { EXIT, LabError } from '../core/index.js'

/** Ends a notebook or script as *skipped* (exit code 3), an outcome of its own: `if (bars.time.length === known) skip('no new bars')`. */
export function skip(reason: string): never {
  throw new LabError('skipped', reason, { exitCode: EXIT.skipped })
}
