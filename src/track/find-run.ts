import { existsSync } from 'node:fs'
import { basename, isAbsolute, join, resolve } from 'node:path'
import { EXIT, LabError, nearestName, resolveUserPath, runsFolder } from '../core/index.js'
import { listRuns, runIds } from './list-runs.js'
import { runFile } from './run-record.js'
import { readTags } from './run-tags.js'

/** Stands for the newest run wherever an id goes. */
const NEWEST = 'last'

/**
 * Folder of the run that a person names: its id, `last` for the newest, a tag that only this run has, a part that only one id contains, or a path to its folder.
 * @throws LabError `run-not-found`, `run-ambiguous` (exit code 2)
 */
export function findRun(idOrFolder: string): string {
  const ids = runIds()
  if (ids.includes(idOrFolder)) return join(runsFolder(), idOrFolder)
  if (isAbsolute(idOrFolder) || /[\\/]/.test(idOrFolder)) {
    const folder = resolve(resolveUserPath(idOrFolder))
    if (existsSync(runFile(folder))) return folder
  }
  if (idOrFolder === NEWEST && ids.length > 0) return listRuns()[0]!.folder
  const tagged = ids.filter((id) => hasTag(join(runsFolder(), id), idOrFolder))
  if (tagged.length === 1) return join(runsFolder(), tagged[0]!)
  if (tagged.length > 1)
    throw new LabError('run-ambiguous', 'Several runs have this tag.', {
      received: idOrFolder,
      expected: `one of ${tagged.join(', ')}`,
      help: `npm run runs -- list --tag ${idOrFolder}`,
      exitCode: EXIT.usage,
    })
  const containing = idOrFolder === '' ? [] : ids.filter((id) => id.includes(idOrFolder))
  if (containing.length === 1) return join(runsFolder(), containing[0]!)
  if (containing.length > 1)
    throw new LabError('run-ambiguous', 'Several runs have this in their id.', {
      received: idOrFolder,
      expected: `one of ${containing.slice(0, 5).join(', ')}${containing.length > 5 ? ', ...' : ''}`,
      help: 'npm run runs',
      exitCode: EXIT.usage,
    })
  throw new LabError('run-not-found', 'There is no such run.', {
    received: idOrFolder,
    expected: expectedIds(idOrFolder, ids),
    help: 'npm run runs',
    exitCode: EXIT.usage,
  })
}

/** A run whose tags cannot be read has none here: it must not keep others from being found. */
function hasTag(folder: string, tag: string): boolean {
  try {
    return readTags(folder).includes(tag)
  } catch {
    return false
  }
}

function expectedIds(given: string, ids: string[]): string {
  if (ids.length === 0) return `an id, but ${runsFolder()} holds no runs yet`
  const near: string[] = []
  for (let rest = ids; near.length < 3; rest = rest.filter((id) => !near.includes(id))) {
    const next = nearestName(basename(given), rest)
    if (next === undefined) break
    near.push(next)
  }
  if (near.length > 0) return `did you mean ${near.join(' or ')}?`
  return `an id, such as the newest ones: ${[...ids].sort().reverse().slice(0, 3).join(', ')}`
}
