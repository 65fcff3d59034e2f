import { EXIT, LabError } from '../../core/index.js'
import type { KernelProcess } from '../kernel/kernel-client.js'
import type { ExecuteReply } from '../kernel/protocol.js'
import type { StopRequest } from './stop-request.js'

/** How long a stopped cell may take to leave everything whole before its processes are killed. */
const STOP_GRACE_MS = 15_000

export type CellReply = ExecuteReply | { readonly status: 'dead'; readonly error: LabError } | { readonly status: 'stopped' }

/** Runs one cell until it ends, is stopped, or its time is up. */
export async function executeCell(
  kernel: KernelProcess,
  code: string,
  stop: StopRequest,
  cellTimeoutMs: number | undefined,
  onMessage: Parameters<KernelProcess['execute']>[1],
): Promise<CellReply> {
  let timedOut = false
  let over = false
  const timers: NodeJS.Timeout[] = []
  const finished = kernel.execute(code, onMessage).catch((error: unknown) => ({ status: 'dead' as const, error: error as LabError }))
  // A stopped cell gets the interrupt, then some time; what does not end is killed, its finished fits stay in the run folder.
  const stopped = new Promise<CellReply>((resolve) => {
    const end = (): void => {
      if (over) return
      kernel.interrupt()
      timers.push(setTimeout(() => resolve({ status: 'stopped' }), STOP_GRACE_MS))
    }
    stop.onAgain = () => resolve({ status: 'stopped' })
    void stop.asked.then(end)
    if (cellTimeoutMs !== undefined)
      timers.push(
        setTimeout(() => {
          timedOut = true
          end()
        }, cellTimeoutMs),
      )
  })
  const reply = await Promise.race([finished, stopped])
  // The wish to stop outlives this cell: from here on it is the business of the next one.
  over = true
  for (const timer of timers) clearTimeout(timer)
  stop.onAgain = undefined
  if (timedOut && reply.status !== 'ok')
    return {
      status: 'dead',
      error: new LabError('cell-timeout', 'A cell took longer than --cell-timeout.', {
        received: `${cellTimeoutMs! / 1000} s`,
        expected: 'a cell that ends before',
        exitCode: EXIT.interrupted,
      }),
    }
  return reply
}
