import { spawn } from 'node:child_process'
import { createWriteStream, mkdirSync } from 'node:fs'
import { dirname } from 'node:path'
import { LabError } from '../core/index.js'

export interface CommandResult {
  readonly code: number | null
  /** Standard output and error, interleaved. */
  readonly output: string
}

/** Runs a program to its end; what it prints goes to `log` (appended) as well. A program that is not there gives code null. */
export function runCommand(
  file: string,
  args: readonly string[],
  options: { log?: string; env?: NodeJS.ProcessEnv } = {},
): Promise<CommandResult> {
  return new Promise((resolve) => {
    const parts: Buffer[] = []
    if (options.log !== undefined) mkdirSync(dirname(options.log), { recursive: true })
    const log = options.log === undefined ? undefined : createWriteStream(options.log, { flags: 'a' })
    log?.write(`$ ${file} ${args.join(' ')}\n`)
    const child = spawn(file, args, { stdio: ['ignore', 'pipe', 'pipe'], env: options.env ?? process.env })
    const take = (chunk: Buffer): void => {
      parts.push(chunk)
      log?.write(chunk)
    }
    child.stdout.on('data', take)
    child.stderr.on('data', take)
    const end = (code: number | null, extra = ''): void => {
      log?.end()
      resolve({ code, output: Buffer.concat(parts).toString('utf8') + extra })
    }
    child.once('error', (error) => end(null, error.message))
    child.once('close', (code) => end(code))
  })
}

/** {@link runCommand} that fails with the last lines of the output, the log file and a cure. */
export async function runStep(
  what: string,
  file: string,
  args: readonly string[],
  options: { log: string; help: string; env?: NodeJS.ProcessEnv },
): Promise<string> {
  const { code, output } = await runCommand(file, args, options)
  if (code === 0) return output
  throw new LabError('setup-step-failed', `Set-up could not ${what}.`, {
    received: `exit code ${code ?? 'none'}; the last lines of ${options.log}:\n${lastLines(output, 12)}`,
    expected: 'exit code 0',
    help: options.help,
  })
}

export const lastLines = (text: string, n: number): string =>
  text
    .trimEnd()
    .split('\n')
    .slice(-n)
    .map((line) => `      ${line}`)
    .join('\n')
