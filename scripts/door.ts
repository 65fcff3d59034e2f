import { dirname } from 'node:path'
import { fileURLToPath } from 'node:url'
import { EXIT, formatError, isLabError } from '../src/core/index.js'
import { checkNpmKeptNothing, readArguments, type Grammar, type Options } from './arguments.js'

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
    return (given.values as { help?: boolean }).help === true ? tell(grammar.usage) : await main(given)
  })
}

/**
 * A door that hands its arguments on to another program: prints its own usage where it is asked for, before anything else happens, then as {@link runDoor}.
 * @param door `options`: those that are known well enough to say so where npm has kept them for itself
 */
export function openPassingDoor(
  door: Pick<Grammar<Options>, 'name' | 'usage' | 'options'>,
  main: (args: string[]) => Promise<number>,
): Promise<void> {
  return runDoor(async (args) => {
    if (asksForHelp(args)) return tell(door.usage)
    checkNpmKeptNothing(args, door)
    return await main(args)
  })
}

/** Whether `--help` or `-h` stands before a `--`. */
export function asksForHelp(args: readonly string[]): boolean {
  const own = args.includes('--') ? args.slice(0, args.indexOf('--')) : args
  return own.includes('--help') || own.includes('-h')
}

function tell(usage: string): number {
  process.stdout.write(usage)
  return EXIT.ok
}
