import { basename } from 'node:path'

/** Begins each mark in a kept text; the character behind it says which. A text that holds this character itself has it marked too. */
const MARK = '\u0000'
const LITERAL = `${MARK}0`
const FOLDER = `${MARK}1`
const ID = `${MARK}2`

/** A text without the folder and the id of its run, so that it means any run; {@link withRun} puts those of another one in. */
export function withoutRun(text: string, runFolder: string): string {
  const plain = text.includes(MARK) ? text.replaceAll(MARK, LITERAL) : text
  const id = basename(runFolder)
  return plain.includes(id) ? plain.replaceAll(runFolder, FOLDER).replaceAll(id, ID) : plain
}

export function withRun(text: string, runFolder: string): string {
  if (!text.includes(MARK)) return text
  const meant: Readonly<Record<string, string>> = { [LITERAL]: MARK, [FOLDER]: runFolder, [ID]: basename(runFolder) }
  return text.replace(MARKS, (mark) => meant[mark]!)
}

const MARKS = new RegExp(`${LITERAL}|${FOLDER}|${ID}`, 'g')

/** The same for everything that is JSON: outputs, sections, events. */
export function jsonWithoutRun<T>(value: T, runFolder: string): T {
  return mapStrings(value, (text) => withoutRun(text, runFolder)) as T
}

export function jsonWithRun<T>(value: T, runFolder: string): T {
  return mapStrings(value, (text) => withRun(text, runFolder)) as T
}

function mapStrings(value: unknown, change: (text: string) => string): unknown {
  if (typeof value === 'string') return change(value)
  if (Array.isArray(value)) return value.map((part) => mapStrings(part, change))
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(Object.entries(value).map(([key, part]) => [change(key), mapStrings(part, change)]))
}
