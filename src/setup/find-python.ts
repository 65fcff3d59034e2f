import { LabError } from '../core/index.js'
import { runCommand } from './command.js'

export interface Python {
  readonly executable: string
  readonly version: string
}

/** Pythons for which the pinned numpy, scikit-learn and TensorFlow have wheels. */
const OLDEST = [3, 11] as const
const NEWEST = [3, 13] as const

const PROGRAM = 'import sys; print(sys.executable); print("%d.%d.%d" % sys.version_info[:3])'

/** True where the pins resolve for this version ('3.12.4'). */
export function pythonFits(version: string): boolean {
  const [major, minor] = version.split('.').map(Number)
  return major === OLDEST[0] && minor! >= OLDEST[1] && minor! <= NEWEST[1]
}

/**
 * The first fitting Python of BARLAB_PYTHON, python3, python3.11 to python3.13.
 * @throws LabError `python-not-found` with what was found instead and how to install one.
 */
export async function findPython(env: NodeJS.ProcessEnv = process.env): Promise<Python> {
  const seen: string[] = []
  const candidates = env.BARLAB_PYTHON ? [env.BARLAB_PYTHON] : ['python3', 'python3.11', 'python3.12', 'python3.13']
  for (const candidate of candidates) {
    const { code, output } = await runCommand(candidate, ['-c', PROGRAM], { env })
    const [executable, version] = output.trim().split('\n')
    if (code !== 0 || executable === undefined || version === undefined) continue
    if (pythonFits(version)) return { executable, version }
    seen.push(`${candidate} is ${version}`)
  }
  throw new LabError('python-not-found', 'No Python that fits was found.', {
    received: seen.length > 0 ? seen.join(', ') : `none of ${candidates.join(', ')} runs`,
    expected: `Python ${OLDEST.join('.')} to ${NEWEST.join('.')}`,
    help: 'install one (Debian, Ubuntu: apt-get install python3 python3-venv), or set BARLAB_PYTHON to its path, then: npm run setup',
  })
}
