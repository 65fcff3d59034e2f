import { countOomKills, memoryGroups } from '../../core/index.js'

/** Out of memory as something a training goes on from: with a smaller batch, from its last checkpoint. */
export interface OutOfMemory {
  readonly type: 'out-of-memory'
  /** 'unknown': the message does not say whether of the card or of the host. */
  readonly where: 'gpu' | 'host' | 'unknown'
  /** What said so: TensorFlow, the CUDA libraries, the C++ or Python runtime, the JavaScript engine, the system call, or the kernel, which killed the process. */
  readonly by: 'tensorflow' | 'cuda' | 'native' | 'javascript' | 'system' | 'kernel'
  /** The words it was recognised by. */
  readonly message: string
}

/** How many processes the kernel had killed for want of memory; read it before the work that may be killed. */
export interface OomKillCount {
  /** Undefined where the system does not count. */
  readonly before: number | undefined
  /** Default: counted now, when the error is looked at. */
  readonly now?: number | undefined
}

/** The kernel's count for {@link describeOutOfMemory}. @param root folder that stands for `/` */
export const oomKillCount = (root = '/'): number | undefined => countOomKills(memoryGroups(root), root)

const SIGNS: readonly [OutOfMemory['by'], OutOfMemory['where'], RegExp][] = [
  [
    'cuda',
    'gpu',
    /CUDA_ERROR_OUT_OF_MEMORY|cudaErrorMemoryAllocation|CU(?:BLAS|DNN|SOLVER|SPARSE)_STATUS_ALLOC_FAILED|CUDA (?:error: )?out of memory/i,
  ],
  // The words that name tensor and device before those that only number the kind of error.
  ['tensorflow', 'unknown', /OOM when allocating tensor|failed to allocate (?:memory|\d|request)|Allocator \(\S+\) ran out of memory/i],
  ['tensorflow', 'unknown', /ResourceExhausted|RESOURCE_EXHAUSTED|Resource exhausted|Invalid TF_Status: 8\b/],
  [
    'javascript',
    'host',
    /JavaScript heap out of memory|Array buffer allocation failed|Invalid typed array length: \d{10,}|Reached heap limit|FatalProcessOutOfMemory|ERR_WORKER_OUT_OF_MEMORY/,
  ],
  ['native', 'host', /std::bad_alloc|MemoryError\b|Unable to allocate [\d.]+ \w*iB|Out of Memory Error/],
  ['system', 'host', /\bENOMEM\b|Cannot allocate memory/i],
]

/** TensorFlow also logs attempts that it can do without. */
const NO_FAILURE = /not a failure/

/**
 * What an error says about want of memory; undefined where it is about something else. Looks through causes and gathered errors, and through what a child process
 * wrote last. That a child was killed (SIGKILL) counts only where the kernel's count of such kills has grown: people and other programs kill processes, too.
 */
export function describeOutOfMemory(error: unknown, kills?: OomKillCount): OutOfMemory | undefined {
  const texts = [...textsOf(error)]
  const read = texts.map(recognise).find((found) => found !== undefined)
  if (read !== undefined || kills?.before === undefined) return read
  const killed = texts.find((text) => /\bSIGKILL\b|\bexit code 137\b/.test(text))
  if (killed === undefined) return undefined
  const now = 'now' in kills ? kills.now : oomKillCount()
  return now !== undefined && now > kills.before ? { type: 'out-of-memory', where: 'host', by: 'kernel', message: killed } : undefined
}

/** See {@link describeOutOfMemory}. */
export const isOutOfMemory = (error: unknown, kills?: OomKillCount): boolean => describeOutOfMemory(error, kills) !== undefined

function recognise(text: string): OutOfMemory | undefined {
  for (const [by, place, sign] of SIGNS) {
    const found = text.split('\n').find((line) => sign.test(line) && !NO_FAILURE.test(line))
    const message = found?.trim()
    if (message === undefined) continue
    const where = place !== 'unknown' ? place : /GPU|CUDA/i.test(text) ? 'gpu' : /\bcpu\b|mklcpu/i.test(text) ? 'host' : 'unknown'
    return { type: 'out-of-memory', where, by, message: message.slice(0, 500) }
  }
  return undefined
}

/** Everything an error says, from the outside in; an error that is its own cause is read once. */
function* textsOf(error: unknown, seen = new Set<unknown>()): Generator<string> {
  if (typeof error === 'string') yield error
  if (typeof error !== 'object' || error === null || seen.has(error)) return
  seen.add(error)
  const { name, code, message, received, cause, errors } = error as Record<string, unknown>
  if (typeof message === 'string') yield message
  for (const word of [name, code]) if (typeof word === 'string') yield word
  if (typeof received === 'string') yield received
  for (const inner of [cause, ...(Array.isArray(errors) ? (errors as unknown[]) : [])]) yield* textsOf(inner, seen)
}
