import { existsSync, readFileSync, readdirSync } from 'node:fs'

const VARIABLE = 'BARLAB_INSTALLS_INTO'

/** Settings of pip and Python that would send the packages, or the imports, somewhere else than into the environment. */
const MISLEADING = ['PYTHONHOME', 'PYTHONPATH', 'PIP_USER', 'PIP_TARGET', 'PIP_PREFIX', 'PIP_ROOT', 'PIP_NO_DEPS', 'PIP_REQUIRE_HASHES']

/** Environment for the programs that fill a Python environment: marked with its folder, and without what would mislead them. */
export function installerEnv(folder: string): NodeJS.ProcessEnv {
  const env: NodeJS.ProcessEnv = { ...process.env, [VARIABLE]: folder }
  for (const name of MISLEADING) delete env[name]
  return env
}

/**
 * Ends the programs that a killed set-up left behind at work in `folder`, their children included: they would write into the environment that is made anew.
 * To be called by the holder of the set-up lock only. Where there is no `/proc` none are found.
 */
export async function endOrphans(folder: string): Promise<void> {
  for (let round = 0; round < 100; round++) {
    const orphans = installersOf(folder)
    if (orphans.length === 0) return
    for (const pid of orphans) {
      try {
        process.kill(pid, 'SIGKILL')
      } catch {
        // It ended by itself meanwhile.
      }
    }
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
}

/** Processes that carry the mark of `folder`. A zombie has no environment any more. */
export function installersOf(folder: string): number[] {
  if (!existsSync('/proc')) return []
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(Number)
    .filter((pid) => {
      try {
        return readFileSync(`/proc/${pid}/environ`, 'latin1')
          .split('\0')
          .includes(Buffer.from(`${VARIABLE}=${folder}`).toString('latin1'))
      } catch {
        return false
      }
    })
}
