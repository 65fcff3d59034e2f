import { spawn } from 'node:child_process'
import { createWriteStream, mkdirSync } from 'node:fs'
import { dirname } from 'node:path'
import { LabError, displayPath, systemClock } from '../core/index.js'

export interface CommandResult {
  /** Null where the program is not there or was ended by a signal. */
  readonly code: number | null
  /** Set where a signal ended it. */
  readonly signal: NodeJS.Signals | null
  /** Standard output and error, interleaved. */
  readonly output: string
}

export interface CommandOptions {
  /** File to which the command line and all it prints are appended. */
  readonly log?: string
  /** Default: this process's own. */
  readonly env?: NodeJS.ProcessEnv
}

/** Runs a program to its end. It shares the terminal's process group, so Ctrl-C ends it together with this process. */
export function runCommand(file: string, args: readonly string[], options: CommandOptions = {}): Promise<CommandResult> {
  return new Promise((resolve) => {
    const parts: Buffer[] = []
    if (options.log !== undefined) mkdirSync(dirname(options.log), { recursive: true })
    const log = options.log === undefined ? undefined : createWriteStream(options.log, { flags: 'a' })
    // A full disk must fail the step by the step's own message, not by an unhandled error of its log.
    log?.on('error', () => {})
    log?.write(`$ ${file} ${args.join(' ')}\n`)
    const child = spawn(file, args, { stdio: ['ignore', 'pipe', 'pipe'], env: options.env ?? process.env })
    const take = (chunk: Buffer): void => {
      parts.push(chunk)
      log?.write(chunk)
    }
    child.stdout.on('data', take)
    child.stderr.on('data', take)
    const end = (code: number | null, signal: NodeJS.Signals | null, extra = ''): void => {
      log?.end()
      resolve({ code, signal, output: Buffer.concat(parts).toString('utf8') + extra })
    }
    child.once('error', (error) => end(null, null, error.message))
    child.once('close', (code, signal) => end(code, signal))
  })
}

export type Say = (line: string) => void

const HEARTBEAT_MS = 15_000

/** Says what is done before it is done, that it still is every 15 seconds, and how long it took. */
export async function timed<T>(what: string, say: Say, work: () => Promise<T>): Promise<T> {
  const started = systemClock.monotonic()
  const seconds = (): string => ((systemClock.monotonic() - started) / 1000).toFixed(1)
  say(what)
  const heartbeat = setInterval(() => say(`  still at it after ${Number(seconds()).toFixed(0)} s`), HEARTBEAT_MS)
  try {
    const result = await work()
    say(`  ${seconds()} s`)
    return result
  } finally {
    clearInterval(heartbeat)
  }
}

export interface StepOptions extends CommandOptions {
  readonly log: string
  /** What a person can do when it fails. */
  readonly help: string
  /** Called when the program ended by itself, also with an error; not when a signal ended it. */
  readonly onEnd?: () => void
}

/**
 * {@link runCommand} that must succeed.
 * @param what completes "Set-up could not ..."
 * @throws LabError `setup-step-failed` with the end of the output and the log's name
 */
export async function runStep(what: string, file: string, args: readonly string[], options: StepOptions): Promise<void> {
  const { code, signal, output } = await runCommand(file, args, options)
  if (code !== null) options.onEnd?.()
  if (code === 0) return
  const how = signal === null ? `exit code ${code ?? 'none'}` : `signal ${signal}`
  throw new LabError('setup-step-failed', `Set-up could not ${what}.`, {
    received: `${how}; the end of ${displayPath(options.log)}:\n${lastLines(output, 12)}`,
    expected: 'exit code 0',
    help: options.help,
  })
}

/** The last `n` lines, indented to stand below a message. */
export const lastLines = (text: string, n: number): string =>
  text
    .trimEnd()
    .split('\n')
    .slice(-n)
    .map((line) => `      ${line}`)
    .join('\n')
