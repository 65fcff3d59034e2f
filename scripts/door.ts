import { dirname } from 'node:path'
import { fileURLToPath } from 'node:url'
import { EXIT, formatError, isLabError } from '../src/core/index.js'
import { readArguments, type Grammar, type Options } from './arguments.js'

/**
 * What every door does: find the project from its own location, run, print an error for a person, choose the exit code.
 * @param main receives the arguments after the script's name and returns the exit code.
 */
export async function runDoor(main: (args: string[]) => Promise<number>): Promise<void> {
  process.env.BARLAB_ROOT ??= dirname(dirname(fileURLToPath(import.meta.url)))
  try {
    process.exitCode = await main(process.argv.slice(2))
  } catch (error) {
    process.stderr.write(`${formatError(error)}\n`)
    process.exitCode = isLabError(error) ? (error.exitCode ?? EXIT.failed) : EXIT.failed
  }
}

const HELP = { help: { type: 'boolean', short: 'h' } } as const

/** A door with options: reads them, prints the usage where it is asked for, then as {@link runDoor}. */
export function openDoor<const O extends Options>(
  grammar: Grammar<O>,
  main: (given: ReturnType<typeof readArguments<O>>) => Promise<number>,
): Promise<void> {
  return runDoor(async (args) => {
    const given = readArguments(args, { ...grammar, options: { ...grammar.options, ...HELP } })
    if ((given.values as { help?: boolean }).help !== true) return await main(given)
    process.stdout.write(grammar.usage)
    return EXIT.ok
  })
}
