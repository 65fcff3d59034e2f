import { resolve } from 'node:path'
import { displayPath, EXIT, LabError, nearestName, stableJson, userFolder } from '../src/core/index.js'
import {
  addNote,
  changeTags,
  compareRuns,
  filterRuns,
  findRun,
  formatPrunePlan,
  formatPruneResult,
  formatRun,
  formatRunTable,
  leftoverBytes,
  listRuns,
  loadRun,
  planPrune,
  pruneRuns,
  readRun,
  viewRun,
} from '../src/track/index.js'
import type { readArguments } from './arguments.js'
import { openDoor } from './door.js'

const OPTIONS = {
  json: { type: 'boolean', default: false },
  name: { type: 'string' },
  status: { type: 'string', multiple: true },
  kind: { type: 'string', multiple: true },
  tag: { type: 'string', multiple: true },
  since: { type: 'string' },
  remove: { type: 'boolean', default: false },
  html: { type: 'string' },
  'no-html': { type: 'boolean', default: false },
  output: { type: 'string', short: 'o' },
  keep: { type: 'string' },
  'older-than': { type: 'string' },
  'keep-tag': { type: 'string', multiple: true },
  'models-only': { type: 'boolean', default: false },
  yes: { type: 'boolean', default: false },
} as const

type Values = ReturnType<typeof readArguments<typeof OPTIONS>>['values']

interface Command {
  readonly usage: string
  /** How many arguments, at least and at most. */
  readonly count: readonly [number, number]
  readonly options: readonly (keyof typeof OPTIONS)[]
  readonly run: (args: string[], values: Values) => string | Promise<string>
}

const json = (value: unknown): string => stableJson(value, 2)
const userPath = (path: string): string => resolve(userFolder(), path)

const COMMANDS: Record<string, Command> = {
  list: {
    usage: 'list [--name PART] [--status ok] [--kind pipeline] [--tag TAG] [--since 7d]',
    count: [0, 0],
    options: ['json', 'name', 'status', 'kind', 'tag', 'since'],
    run: (_args, { json: asJson, name, status, kind, tag, since }) => {
      const all = listRuns()
      const runs = filterRuns(all, {
        ...(name && { name }),
        ...(status && { status }),
        ...(kind && { kind }),
        ...(tag && { tag }),
        ...(since && { since }),
      })
      if (asJson) return json(runs)
      return runs.length === 0 && all.length > 0 ? `None of ${all.length} runs fits the filter.` : formatRunTable(runs)
    },
  },
  show: {
    usage: 'show ID',
    count: [1, 1],
    options: ['json'],
    run: ([id], { json: asJson }) => {
      const folder = findRun(id!)
      const record = readRun(folder)
      return asJson ? json(viewRun(record, folder)) : formatRun(record, folder)
    },
  },
  tag: {
    usage: 'tag ID TAG... [--remove]',
    count: [2, Infinity],
    options: ['json', 'remove'],
    run: async ([id, ...tags], { remove, json: asJson }) => {
      const folder = findRun(id!)
      const now = await changeTags(folder, remove ? { remove: tags } : { add: tags })
      return asJson ? json(now) : `${displayPath(folder)}: ${now.length === 0 ? 'no tags' : `tagged ${now.join(' ')}`}`
    },
  },
  note: {
    usage: 'note ID "text"',
    count: [2, Infinity],
    options: ['json'],
    run: ([id, ...words], { json: asJson }) => {
      const folder = findRun(id!)
      const note = addNote(folder, words.join(' '))
      return asJson ? json(note) : `${displayPath(folder)}: noted`
    },
  },
  compare: {
    usage: 'compare A B [C ...] [--html FILE | --no-html]',
    count: [2, Infinity],
    options: ['json', 'html', 'no-html'],
    run: async (ids, { json: asJson, html, 'no-html': noHtml }) => {
      // Loaded only here: a list shall not wait for what draws and checks notebooks.
      const { comparisonPath, comparisonText, writeComparison } = await import('../src/report/index.js')
      const runs = []
      for (const id of ids) runs.push(await loadRun(id))
      const comparison = compareRuns(runs)
      const page = html !== undefined ? userPath(html) : noHtml || asJson ? undefined : comparisonPath(runs)
      if (page !== undefined) await writeComparison(page, runs, comparison)
      if (asJson) return json(page === undefined ? comparison : { ...comparison, page })
      return page === undefined ? comparisonText(comparison) : `${comparisonText(comparison)}\n\npage: ${displayPath(page)}`
    },
  },
  open: {
    usage: 'open ID [-o FILE]',
    count: [1, 1],
    options: ['json', 'output'],
    run: async ([id], { output, json: asJson }) => {
      const { writeReviewNotebook } = await import('../src/notebook/index.js')
      const path = await writeReviewNotebook(id!, output === undefined ? undefined : userPath(output))
      if (asJson) return json({ notebook: path })
      return `${displayPath(path)}\n  read it: npm run lab\n  run it:  npm run pipeline -- ${displayPath(path)}`
    },
  },
  prune: {
    usage: 'prune [--keep N] [--older-than DAYS] [--status failed] [--keep-tag TAG] [--models-only] [--yes]',
    count: [0, 0],
    options: ['json', 'keep', 'older-than', 'status', 'keep-tag', 'models-only', 'yes'],
    run: async (_args, values) => {
      const { keep, status, 'older-than': days, 'keep-tag': keepTags = [], 'models-only': modelsOnly, yes, json: asJson } = values
      const plan = planPrune(listRuns(), {
        ...(keep !== undefined && { keep: wholeNumber('--keep', keep) }),
        ...(days !== undefined && { olderThanDays: wholeNumber('--older-than', days) }),
        ...(status !== undefined && { status }),
        ...{ keepTags, modelsOnly },
      })
      if (!yes) return asJson ? json({ plan, deleted: false }) : formatPrunePlan(plan, leftoverBytes())
      const result = await pruneRuns(plan, keepTags)
      return asJson ? json({ plan, deleted: true, ...result }) : formatPruneResult(result, modelsOnly)
    },
  },
}

const USAGE = `npm run runs -- [COMMAND] [options]     what was run, and what to do with it

${Object.values(COMMANDS)
  .map((command) => `  ${command.usage}\n`)
  .join('')}
ID is a run's id or a part of it, a tag that only this run has, or \`last\`. Every command takes --json.
`

/** npm run runs [-- COMMAND ...]; each command says how it is used where it is used wrongly. */
await openDoor({ name: 'runs', usage: USAGE, options: OPTIONS }, async ({ values, positionals }) => {
  const [name = 'list', ...rest] = positionals
  const command = Object.hasOwn(COMMANDS, name) ? COMMANDS[name]! : undefined
  if (command === undefined) throw unknownCommand(name)
  const given = Object.entries(values).filter(([, value]) => value !== undefined && value !== false)
  const foreign = given.find(([option]) => !command.options.includes(option as keyof typeof OPTIONS))
  const [least, most] = command.count
  if (foreign !== undefined || rest.length < least || rest.length > most)
    throw usage([name, ...rest, ...given.map(([option]) => `--${option}`)].join(' '), command.usage)
  process.stdout.write(`${await command.run(rest, values)}\n`)
  return EXIT.ok
})

function wholeNumber(option: string, text: string): number {
  if (/^\d+$/.test(text)) return Number(text)
  throw usage(`${option} ${text}`, `${option} with a whole number`)
}

function unknownCommand(name: string): LabError {
  const near = nearestName(name, Object.keys(COMMANDS))
  return new LabError('usage', 'There is no such command.', {
    received: name,
    expected: Object.keys(COMMANDS).join(', '),
    help: near === undefined ? 'npm run runs -- list' : `did you mean npm run runs -- ${COMMANDS[near]!.usage}`,
    exitCode: EXIT.usage,
  })
}

function usage(received: string, expected: string): LabError {
  return new LabError('usage', 'The command was not understood.', {
    received,
    expected,
    help: `npm run runs -- ${expected.includes(',') || expected.startsWith('--') ? 'list' : expected}`,
    exitCode: EXIT.usage,
  })
}
