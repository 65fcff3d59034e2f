import { readdirSync, statSync } from 'node:fs'
import { join, relative } from 'node:path'
import { stableJson } from '../../core/index.js'
import { RESERVED_SECTIONS, readEvents, readRun, type Run, type RunEvent } from '../../track/index.js'

/** What a run holds at one moment, as far as steps leave something there. */
export interface RunState {
  /** By path in the run folder. */
  readonly files: ReadonlyMap<string, FileState>
  readonly sections: Readonly<Record<string, unknown>>
  /** What Run itself keeps in run.json, its end aside. */
  readonly facts: string
  readonly events: number
  readonly ended: boolean
}

interface FileState {
  /** Tells one state of the file from another. */
  readonly state: string
  /** When it was made and last written, ms since the epoch. */
  readonly times: readonly [made: number, written: number]
}

/** What a step left in its run beside the values of its variables. */
export interface RunProducts {
  /** Paths in the run folder. */
  readonly files: readonly string[]
  /** Sections of run.json. */
  readonly sections: Readonly<Record<string, unknown>>
  readonly events: readonly RunEvent[]
}

/** Files that the run keeps itself; sections and events are taken out of two of them. */
const KEPT_BY_RUN = /^(run\.json|events\.jsonl|notebook\.ipynb|run\.log)$|\.lock$|\.tmp$/
/** What is said about a run, by whomever; a step that takes over its tags would take away those of a person. */
const REMARKS: readonly string[] = ['tags.json', 'notes.jsonl']
const END: readonly string[] = ['outcome', 'error', 'reportedStatus']
/** Events of the runner about its cells. */
const OF_RUNNER: readonly string[] = ['cell-started', 'cell-finished', 'step-reused']

export function readRunState(run: Run): RunState {
  const record = readRun(run.folder)
  const entries = Object.entries(record)
  const sections = Object.fromEntries(entries.filter(([key]) => !RESERVED_SECTIONS.includes(key)))
  const facts = stableJson(Object.fromEntries(entries.filter(([key]) => RESERVED_SECTIONS.includes(key) && !END.includes(key))))
  return { files: filesOf(run.folder), sections, facts, events: readEvents(run.folder).length, ended: record.reportedStatus !== undefined }
}

/**
 * What a step that has just run left in its run. Where the run goes on after an interruption, what earlier attempts at this step left counts too, and nothing that other cells did
 * between them.
 * @param recorded sections of run.json that the step wrote
 * @returns the products, or why they are not its own alone
 */
export function productsSince(
  run: Run,
  before: RunState,
  step: string,
  recorded: readonly string[],
): RunProducts | { readonly why: string } {
  const now = readRunState(run)
  const attempts = attemptsOf(readEvents(run.folder), step)
  const gone = [...before.files.keys()].find((file) => !now.files.has(file))
  if (gone !== undefined) return { why: `it removes ${gone}, which was there before` }
  if (now.facts !== before.facts) return { why: 'it changes parameters or other facts of the run' }
  const earlier = attempts.slice(0, -1)
  const isOfEarlier = (time: number): boolean => earlier.some(({ from, to }) => time >= from && time <= to)
  const files: string[] = []
  for (const [file, { state }] of now.files) {
    const was = before.files.get(file)
    const [made, written] = (was?.times ?? []).map(isOfEarlier)
    const isChanged = was?.state !== state
    if (REMARKS.includes(file)) {
      if (isChanged || written) return { why: 'it tags the run or notes something about it' }
      continue
    }
    // A file that was there is the step's own where an earlier attempt made it and nobody else has written it since.
    if (was !== undefined && (isChanged || written) && !(made && written)) return { why: `it changes ${file}, which was there before` }
    if (isChanged || written) files.push(file)
  }
  return {
    files,
    sections: Object.fromEntries(recorded.filter((key) => key in now.sections).map((key) => [key, now.sections[key]])),
    events: attempts.flatMap(({ events }) => events),
  }
}

interface Attempt {
  /** Milliseconds since the epoch. */
  readonly from: number
  readonly to: number
  readonly events: readonly RunEvent[]
}

/** From each start of the step to its end, or to what came next where it was killed; the last one is still going on. */
function attemptsOf(events: readonly RunEvent[], step: string): Attempt[] {
  const attempts: { from: number; to: number; events: RunEvent[] }[] = []
  let open: (typeof attempts)[number] | undefined
  for (const event of events) {
    const time = Date.parse(event.time)
    if (OF_RUNNER.includes(event.type)) {
      if (open !== undefined) open.to = time
      open = event.type === 'cell-started' && event.step === step ? { from: time, to: Infinity, events: [] } : undefined
      if (open !== undefined) attempts.push(open)
    } else open?.events.push(event)
  }
  // The attempt that has just ended was closed by its cell-finished.
  return attempts
}

function filesOf(folder: string): Map<string, FileState> {
  const files = new Map<string, FileState>()
  for (const entry of readdirSync(folder, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile()) continue
    const path = join(entry.parentPath, entry.name)
    const name = relative(folder, path)
    if (KEPT_BY_RUN.test(name)) continue
    const { size, mtimeMs, birthtimeMs, ino } = statSync(path)
    files.set(name, { state: `${size}:${mtimeMs}:${ino}`, times: [birthtimeMs, mtimeMs] })
  }
  return files
}
