import { readFileSync } from 'node:fs'
import { LabError, projectPath } from '../../src/core/index.js'
import { configurationPage } from './configuration-page.js'
import { errorCodes, errorsPage } from './error-codes.js'
import { publicApi, type ApiEntry } from './public-api.js'
import { indexPage, placesOf, roomPage } from './reference-page.js'

/** Documents that are written from the source, by path: docs/configuration.md and all of docs/reference/. The same source gives the same bytes. */
export function writtenDocuments(entries: readonly ApiEntry[] = publicApi()): Map<string, string> {
  const rooms = roomPurposes()
  const places = placesOf(entries)
  const present = [...rooms].filter(([room]) => entries.some((entry) => entry.room === room))
  return new Map([
    ['docs/configuration.md', configurationPage()],
    ['docs/reference/README.md', indexPage(rooms, entries, places)],
    ['docs/reference/errors.md', errorsPage(errorCodes())],
    ...present.map(([room, purpose]) => [`docs/reference/${room}.md`, roomPage(room, purpose, entries, places)] as const),
  ])
}

/** What each room is for, in the order of the house, as ARCHITECTURE.md says. */
function roomPurposes(): Map<string, string> {
  const block = /```rooms\n([\s\S]*?)```/.exec(readFileSync(projectPath('ARCHITECTURE.md'), 'utf8'))?.[1]
  if (block === undefined)
    throw new LabError('no-rooms', 'ARCHITECTURE.md has no list of rooms.', { expected: 'a block that begins with ```rooms' })
  return new Map(
    block
      .trim()
      .split('\n')
      .map((line) => [/^\S+/.exec(line)![0], line.replace(/^\S+\s+/, '')] as const),
  )
}
