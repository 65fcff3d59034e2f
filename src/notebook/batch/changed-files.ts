import { setTimeout as wait } from 'node:timers/promises'
import { fileState } from '../steps/input-files.js'

const POLL_MS = 400

/** Files that are looked at again and again: a checkout, an editor that replaces files and a network folder are all seen, which file watchers of the system do not promise. */
export class ChangedFiles {
  readonly #seen = new Map<string, string>()

  /** Watches these files too; each is taken as changed when it is not any more in the state given. */
  add(files: Iterable<readonly [path: string, state: string]>): void {
    for (const [path, state] of files) if (!this.#seen.has(path)) this.#seen.set(path, state)
  }

  get size(): number {
    return this.#seen.size
  }

  /** Waits for a change, and then until nothing has changed for a moment. @returns the changed files, also when `signal` ends the waiting; none of them is said again */
  async next(signal: AbortSignal): Promise<string[]> {
    const changed = new Set<string>()
    for (let last = -1; changed.size === 0 || changed.size !== last;) {
      last = changed.size
      await wait(POLL_MS, undefined, { signal }).catch(() => undefined)
      for (const path of this.#take()) changed.add(path)
      if (signal.aborted) break
    }
    return [...changed].sort()
  }

  #take(): string[] {
    const changed = [...this.#seen].filter(([path, before]) => fileState(path) !== before).map(([path]) => path)
    for (const path of changed) this.#seen.set(path, fileState(path))
    return changed
  }
}
