import { HeadingAnchors } from './heading-anchor.js'
import type { ApiDoc, ApiEntry } from './public-api.js'

export const WRITTEN = '<!-- Written by `npm run reference` from the comments in src: edit those. -->'

/** Pages of docs/reference by file name, and where each name is found. */
export type Places = ReadonlyMap<string, string>

/** `loadBars` -> `data.md#loadbars`. */
export function placesOf(entries: readonly ApiEntry[]): Places {
  const places = new Map<string, string>()
  for (const room of new Set(entries.map((entry) => entry.room))) {
    const anchors = new HeadingAnchors()
    anchors.next(title(room))
    for (const { name } of entries.filter((entry) => entry.room === room)) places.set(name, `${room}.md#${anchors.next(name)}`)
  }
  return places
}

const title = (room: string): string => `Reference: ${room}`

/** The page of a room: what it is for, then every exported name with signature, description, members. */
export function roomPage(room: string, purpose: string, entries: readonly ApiEntry[], places: Places): string {
  const own = entries.filter((entry) => entry.room === room)
  const sections = own.map((entry) => section(entry, room, places, usersOf(entry, entries)))
  return `# ${title(room)}\n\n${WRITTEN}\n\n${sentence(purpose)} ${own.length} names, [all rooms](README.md).\n\n${sections.join('\n\n')}\n`
}

function section(
  { name, kind, file, signature, doc, members, defaults }: ApiEntry,
  room: string,
  places: Places,
  users: readonly string[],
): string {
  const shownMembers = members.map((member) => {
    const [first, ...more] = [`- \`${oneLine(member.signature)}\``, ...details(member.doc, room, places)]
    return [
      [first, ...(member.doc.text === '' ? [] : [linked(indented(member.doc.text), room, places)])].join(': '),
      ...more.map((line) => `  ${line}`),
    ].join('\n')
  })
  return [
    `### ${name}`,
    `${kind}, [${file}](../../${file})`,
    ...(signature === `${kind} ${name}` ? [] : [`\`\`\`ts\n${signature}\n\`\`\``]),
    ...typesIn(signature, name, room, places),
    ...(doc.text === '' ? [] : [linked(doc.text, room, places)]),
    ...list([
      ...details(doc, room, places),
      ...(defaults.length === 0 ? [] : [`- Left out: ${defaults.map((text) => `\`${oneLine(text)}\``).join(', ')}`]),
    ]),
    ...list(shownMembers),
    ...(users.length === 0 ? [] : [`Used by ${linked(users.map((user) => `\`${user}\``).join(', '), room, places)}`]),
  ].join('\n\n')
}

/** Most that are named as users of a type: what everything uses needs no list. */
const MOST_USERS = 8

/** Functions and classes in whose signatures a type stands. */
function usersOf({ name, kind }: ApiEntry, entries: readonly ApiEntry[]): string[] {
  if (kind !== 'interface' && kind !== 'type') return []
  const word = new RegExp(`\\b${name}\\b`)
  const users = entries.filter(
    (entry) =>
      (entry.kind === 'function' || entry.kind === 'class') &&
      entry.name !== name &&
      [entry.signature, ...entry.members.map((member) => member.signature)].some((text) => word.test(text)),
  )
  return users.length > MOST_USERS ? [] : users.map((user) => user.name)
}

/** Links to the exported names that a signature speaks of. */
function typesIn(signature: string, name: string, room: string, places: Places): string[] {
  const names = [...new Set(signature.match(/\b[A-Z]\w*/g))].filter((found) => found !== name && places.has(found))
  return names.length === 0 ? [] : [`Types: ${names.map((found) => linked(`\`${found}\``, room, places)).join(', ')}`]
}

const list = (lines: readonly string[]): string[] => (lines.length === 0 ? [] : [lines.join('\n')])

function details({ params, returns, throws }: ApiDoc, room: string, places: Places): string[] {
  const lines = [
    ...params.map(([name, text]) => `- \`${name}\`: ${text}`),
    ...(returns === '' ? [] : [`- Returns ${returns}`]),
    ...throws.map((text) => `- Throws ${text}`),
  ]
  return lines.map((line) => linked(indented(line), room, places))
}

/** Names in code that are exported become links, but for those inside a signature. */
const linked = (text: string, room: string, places: Places): string =>
  text.replace(/(?<!\[)`([A-Za-z_]\w*)(\(\))?`(?!\])/g, (whole, name: string) => {
    const place = places.get(name)
    return place === undefined ? whole : `[${whole}](${place.startsWith(`${room}.md`) ? place.slice(room.length + 3) : place})`
  })

const indented = (text: string): string => text.replace(/\n+/g, ' ')
const oneLine = (text: string): string => text.replace(/\s*\n\s*/g, ' ')
const sentence = (text: string): string => `${text.charAt(0).toUpperCase()}${text.slice(1)}${/[.:;]$/.test(text) ? '' : '.'}`

/** docs/reference/README.md: by room, then by the alphabet. */
export function indexPage(rooms: ReadonlyMap<string, string>, entries: readonly ApiEntry[], places: Places): string {
  const byRoom = [...rooms]
    .map(([room, purpose]) => [room, purpose, entries.filter((entry) => entry.room === room).length] as const)
    .filter(([, , count]) => count > 0)
    .map(([room, purpose, count]) => `| [${room}](${room}.md) | ${count} | ${purpose} |`)
  const letters = new Map<string, ApiEntry[]>()
  for (const entry of entries) letters.set(entry.name[0]!.toUpperCase(), [...(letters.get(entry.name[0]!.toUpperCase()) ?? []), entry])
  const alphabet = [...letters]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(
      ([letter, own]) =>
        `**${letter}** ${[...own]
          .sort(ignoringCase)
          .map(({ name }) => `[${name}](${places.get(name)!})`)
          .join(' · ')}`,
    )
  return `# Reference

${WRITTEN}

Everything that \`src/index.ts\` exports: ${entries.length} names. Errors by their codes: [errors](errors.md). Keys of the configuration: [configuration](../configuration.md). How things go together: [how to](../how-to/README.md).

## By room

| Room | Names | |
| --- | ---: | --- |
${byRoom.join('\n')}

## By name

${alphabet.join('\n\n')}
`
}

const ignoringCase = (a: ApiEntry, b: ApiEntry): number => {
  const [x, y] = [a.name.toLowerCase(), b.name.toLowerCase()]
  return x < y ? -1 : x > y ? 1 : a.name < b.name ? -1 : 1
}
