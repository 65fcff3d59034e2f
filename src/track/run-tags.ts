import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { displayPath, EXIT, LabError, nearestName, withFileLock, writeJsonAtomicSync } from '../core/index.js'
import { readStoredRun } from './run-record.js'

/** A run with this tag is never pruned. */
export const KEEP_TAG = 'keep'

const tagFile = (folder: string): string => join(folder, 'tags.json')

/** Tags of a run, sorted; empty where it has none. @throws LabError `tags-unreadable` */
export function readTags(folder: string): string[] {
  const path = tagFile(folder)
  if (!existsSync(path)) return []
  let cause: unknown
  try {
    const value: unknown = JSON.parse(readFileSync(path, 'utf8'))
    if (Array.isArray(value) && value.every((tag) => typeof tag === 'string')) return value
  } catch (error) {
    cause = error
  }
  throw new LabError('tags-unreadable', 'The tags of a run cannot be read.', {
    received: displayPath(path),
    expected: 'a JSON list of words, as written by npm run runs -- tag',
    help: `delete ${displayPath(path)} and tag the run again`,
    ...(cause !== undefined && { cause }),
  })
}

export interface TagChange {
  readonly add?: readonly string[]
  readonly remove?: readonly string[]
}

/**
 * Changes the tags of a run, also of one that is going on; one process at a time, written whole.
 * @returns the tags now, sorted
 * @throws LabError `bad-tag`, `no-such-tag`, `tags-unreadable`, `run-unreadable`, `lock-timeout`
 */
export async function changeTags(folder: string, { add = [], remove = [] }: TagChange): Promise<string[]> {
  const bad = add.find((tag) => !/^[a-z0-9][a-z0-9._-]*$/.test(tag))
  if (bad !== undefined)
    throw new LabError('bad-tag', 'This cannot be a tag.', {
      received: JSON.stringify(bad),
      expected: 'lower case letters, digits, hyphens, dots and underscores, for example "keep" or "btc-baseline"',
      help: 'npm run runs -- note ID "..." is for sentences',
      exitCode: EXIT.usage,
    })
  // Read first: taking the lock would make a deleted folder again.
  readStoredRun(folder)
  return withFileLock(join(folder, 'tags.json.lock'), () => {
    const before = readTags(folder)
    const missing = remove.find((tag) => !before.includes(tag))
    if (missing !== undefined) throw noSuchTag(missing, before)
    const after = [...new Set([...before, ...add])].filter((tag) => !remove.includes(tag)).sort()
    writeJsonAtomicSync(tagFile(folder), after)
    return after
  })
}

function noSuchTag(tag: string, tags: readonly string[]): LabError {
  const near = nearestName(tag, tags)
  return new LabError('no-such-tag', 'The run has no such tag.', {
    received: tag,
    expected: tags.length === 0 ? 'nothing: it has no tags' : `one of ${tags.join(', ')}`,
    help: near === undefined ? 'npm run runs -- show ID' : `did you mean ${near}?`,
    exitCode: EXIT.usage,
  })
}
