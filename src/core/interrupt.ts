/**
 * Signal of the notebook cell that is running: aborted when the user presses stop (or the runner's time limit ends), so that a long piece of work can end at
 * its next batch and leave everything whole. Undefined outside a notebook kernel. It belongs to one cell: ask for it when the work starts, do not keep it.
 */
export function interruptSignal(): AbortSignal | undefined {
  // The launcher puts the controller on globalThis, because cells and `src/` are loaded through different module systems.
  return (globalThis as { __labInterrupt?: AbortController }).__labInterrupt?.signal
}
