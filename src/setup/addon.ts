import { existsSync, mkdirSync, readFileSync, renameSync, rmSync } from 'node:fs'
import { basename, join } from 'node:path'
import { LabError, displayPath, sha256 } from '../core/index.js'
import { addonHeaders, addonLinkFlags, addonSources } from '../native/tensorflow/index.js'
import { cacheFolder } from '../native/installed.js'
import { lastLines, runCommand } from './command.js'

export interface BuiltAddon {
  readonly path: string
  readonly hash: string
  readonly cpuFlags: string
}

/** First line of `g++ --version` (CXX overrides the name), undefined where there is no compiler. */
export async function compilerVersion(): Promise<string | undefined> {
  const { code, output } = await runCommand(compiler(), ['--version'])
  return code === 0 ? output.split('\n')[0] : undefined
}

const compiler = (): string => process.env.CXX ?? 'g++'

/** Hash of the processor's instruction sets: code compiled with -march=native must not run on a processor that lacks one of them. */
export function cpuFlagsHash(): string {
  const info = existsSync('/proc/cpuinfo') ? readFileSync('/proc/cpuinfo', 'utf8') : ''
  const flags = /^flags\s*:\s*(.*)$/m.exec(info)?.[1] ?? process.arch
  return sha256(flags.split(' ').sort().join(' ')).slice(0, 16)
}

/** Content hash of everything that makes the addon what it is. Cheap: reads six files. */
export function addonHash(tensorflowFolder: string, tensorflowVersion: string, compilerLine: string): string {
  const sources = addonSources({ tensorflowFolder })
  const parts = sources.flatMap(({ file, flags }) => [readFileSync(file, 'utf8'), flags.join(' ')])
  return sha256(
    ...parts,
    ...addonHeaders().map((file) => readFileSync(file, 'utf8')),
    addonLinkFlags(tensorflowFolder).join(' '),
    tensorflowVersion,
    compilerLine,
    cpuFlagsHash(),
  ).slice(0, 16)
}

/**
 * Compiles the addon, or finds it in the cache under its hash. It is built in a folder of its own, loaded once for a test, then renamed.
 * @throws LabError `addon-build-failed`, `addon-does-not-load`
 */
export async function buildAddon(
  tensorflowFolder: string,
  tensorflowVersion: string,
  compilerLine: string,
  say: (line: string) => void,
): Promise<BuiltAddon> {
  const hash = addonHash(tensorflowFolder, tensorflowVersion, compilerLine)
  const folder = join(cacheFolder(), 'addon', hash)
  const built = { path: join(folder, 'tfjs_binding.node'), hash, cpuFlags: cpuFlagsHash() }
  if (existsSync(built.path)) return built
  say(`compiling the TensorFlow addon with our LSTM operations (${compilerLine})`)
  const log = join(cacheFolder(), 'logs', 'addon.log')
  const work = `${folder}.${process.pid}.tmp`
  rmSync(work, { recursive: true, force: true })
  mkdirSync(work, { recursive: true })
  try {
    const sources = addonSources({ tensorflowFolder })
    const objects = sources.map(({ file }) => join(work, `${basename(file)}.o`))
    await Promise.all(sources.map(({ file, flags }, i) => compile([...flags, '-c', file, '-o', objects[i]!], log)))
    const output = join(work, 'tfjs_binding.node')
    await compile([...objects, '-o', output, ...addonLinkFlags(tensorflowFolder)], log)
    const { code, output: text } = await runCommand(process.execPath, ['-e', 'require(process.argv[1])', output], { log })
    if (code !== 0)
      throw new LabError('addon-does-not-load', 'The TensorFlow addon was compiled but does not load.', {
        received: lastLines(text, 6),
        expected: 'a library that Node can load',
        help: 'npm run doctor; deleting .venv and .cache and running npm run setup builds everything anew',
      })
    for (const object of objects) rmSync(object)
    rmSync(folder, { recursive: true, force: true })
    renameSync(work, folder)
  } finally {
    rmSync(work, { recursive: true, force: true })
  }
  return built
}

async function compile(args: readonly string[], log: string): Promise<void> {
  const { code, output } = await runCommand(compiler(), args, { log })
  if (code !== 0)
    throw new LabError('addon-build-failed', 'The TensorFlow addon could not be compiled.', {
      received: `exit code ${code ?? 'none'}; the last lines of ${displayPath(log)}:\n${lastLines(output, 12)}`,
      expected: `${compiler()} with C++17`,
      help: 'Debian, Ubuntu: apt-get install g++, then: npm run setup',
    })
}
