import { existsSync, readdirSync, readFileSync } from 'node:fs'

/** The fit workers of kernels whose runs lie in `runs`, by what /proc says; none where there is no /proc. */
function fitWorkers(runs: string): number[] {
  if (!existsSync('/proc/self/environ')) return []
  const read = (pid: string, what: string): string[] => {
    try {
      return readFileSync(`/proc/${pid}/${what}`, 'utf8').split('\0')
    } catch {
      // It has ended.
      return []
    }
  }
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .filter((pid) => read(pid, 'cmdline').some((word) => word.endsWith('fit-worker.ts')))
    .filter((pid) => read(pid, 'environ').includes(`BARLAB_RUNS_DIR=${runs}`))
    .map(Number)
}

/** Fits stand still while `work` goes on, so that they cannot end before it, however slow the machine is. */
export async function whileFitsAreHeld(runs: string, work: () => Promise<unknown>): Promise<void> {
  const workers = fitWorkers(runs)
  const tell = (signal: NodeJS.Signals): void => {
    for (const pid of workers)
      try {
        process.kill(pid, signal)
      } catch {
        // It has ended.
      }
  }
  tell('SIGSTOP')
  try {
    await work()
  } finally {
    tell('SIGCONT')
  }
}
