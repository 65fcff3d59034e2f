import { execFile } from 'node:child_process'

const TIMEOUT_MS = 20_000

/** What a program prints on stdout; undefined where it is missing, fails, is stopped, or takes longer than 20 s. */
export function programOutput(program: string, args: readonly string[], signal?: AbortSignal): Promise<string | undefined> {
  return new Promise((resolve) => {
    const options = { timeout: TIMEOUT_MS, maxBuffer: 16 * 2 ** 20, encoding: 'utf8', ...(signal !== undefined && { signal }) } as const
    try {
      execFile(program, args, options, (error, stdout) => resolve(error === null ? stdout : undefined))
    } catch {
      // Some failures to start (no memory for a new process) are thrown and not told.
      resolve(undefined)
    }
  })
}
