import { writeResources, type Run } from '../../track/index.js'
import type { FitMemory } from './fit-memory.js'

/** Ends the watch over memory, and keeps what it saw: peaks as the run's record `memory`, and, where anything was fitted, the course of time in `resources/` of its folder. */
export async function keepResources(run: Run, memory: FitMemory): Promise<void> {
  memory.close()
  await run.record('memory', memory.summary())
  if (memory.hadWorkers) writeResources(run, memory.history())
}
