import { setPriority } from 'node:os'
import { logger, projectPath } from '../core/index.js'
import { KernelProcess } from './kernel/kernel-client.js'

/** Behind everything that somebody waits for. */
const NICE = 10

/**
 * Compiles and type-checks `src/` in a kernel of its own, so that the first cell of a notebook that imports it finds both in the cache: seconds instead of up to half a
 * minute after a change. A convenience: where it does not work, the first cell does it, and says what is wrong.
 * @param signal ends it
 */
export async function warmKernel(signal: AbortSignal): Promise<void> {
  try {
    const kernel = await KernelProcess.start({ cwd: projectPath('notebooks') })
    const end = (): void => void kernel.close()
    signal.addEventListener('abort', end, { once: true })
    try {
      if (kernel.pid !== undefined) setPriority(kernel.pid, NICE)
      if (!signal.aborted) await kernel.execute("import { LabError } from '../src/index.js'")
    } finally {
      signal.removeEventListener('abort', end)
      await kernel.close()
    }
  } catch (error) {
    logger().debug({ err: error }, 'The kernel was not warmed.')
  }
}
