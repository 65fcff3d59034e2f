import { LabError } from '../core/index.js'
import { runCommand } from './command.js'

export interface Python {
  readonly executable: string
  readonly version: string
}

/** Pythons for which the pinned numpy, scikit-learn (3.11 and newer) and TensorFlow (up to 3.13) have wheels. */
export const OLDEST_PYTHON = [3, 11] as const
export const NEWEST_PYTHON = [3, 13] as const

/** Some distributions ship Python without the part that makes environments: such a one is no use. */
const PROGRAM = `
import sys
print("path=" + sys.executable)
print("version=%d.%d.%d" % sys.version_info[:3])
try:
    import ensurepip, venv
    print("venv=yes")
except ImportError:
    print("venv=no")
`

/** True where the pins resolve for this version ('3.12.4', '3.13.0rc1'). */
export function pythonFits(version: string): boolean {
  const [major, minor] = version.split('.').map((part) => parseInt(part, 10))
  return major === OLDEST_PYTHON[0] && minor !== undefined && minor >= OLDEST_PYTHON[1] && minor <= NEWEST_PYTHON[1]
}

/**
 * The first fitting Python of BARLAB_PYTHON (alone, where it is set), else python3, python3.11 to python3.13.
 * @throws LabError `python-not-found` with what was found instead and how to install one
 */
export async function findPython(env: NodeJS.ProcessEnv = process.env): Promise<Python> {
  const seen: string[] = []
  const chosen = env.BARLAB_PYTHON
  const candidates = chosen !== undefined && chosen !== '' ? [chosen] : ['python3', 'python3.11', 'python3.12', 'python3.13']
  for (const candidate of candidates) {
    const { code, output } = await runCommand(candidate, ['-c', PROGRAM], { env })
    const answer = (name: string): string | undefined => new RegExp(`^${name}=(.+)$`, 'm').exec(output)?.[1]
    const [executable, version] = [answer('path'), answer('version')]
    if (code !== 0 || executable === undefined || version === undefined) continue
    if (pythonFits(version) && answer('venv') === 'yes') return { executable, version }
    seen.push(`${candidate} is ${version}${pythonFits(version) ? ' without the venv module' : ''}`)
  }
  throw new LabError('python-not-found', 'No Python that fits was found.', {
    received: seen.length > 0 ? seen.join(', ') : `none of ${candidates.join(', ')} runs`,
    expected: `Python ${OLDEST_PYTHON.join('.')} to ${NEWEST_PYTHON.join('.')} with its venv module`,
    help: 'install one (Debian, Ubuntu: apt-get install python3 python3-venv), or set BARLAB_PYTHON to its path, then: npm run setup',
  })
}
