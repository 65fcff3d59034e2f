import { existsSync, readFileSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { projectPath } from '../core/index.js'

/** One pinned Python package: `name==version`, without extras. */
export interface Requirement {
  readonly name: string
  readonly version: string
}

export const requirementFile = (name: string): string => projectPath('config', 'python', name)

/** Files that pip installs from for a device; constraints hold everything else at the tested versions. */
export const requirementFiles = (device: 'cpu' | 'cuda' | 'none'): string[] => [
  requirementFile('base.txt'),
  requirementFile(`xgboost-${device === 'cuda' ? 'cuda' : 'cpu'}.txt`),
  ...(device === 'none' ? [] : [requirementFile(`tensorflow-${device}.txt`)]),
]

/** The pins of requirement files. Comments and blank lines are skipped, extras dropped: `tensorflow[and-cuda]==2.21.0` is tensorflow 2.21.0. */
export function readRequirements(files: readonly string[]): Requirement[] {
  return files
    .flatMap((file) => readFileSync(file, 'utf8').split('\n'))
    .map((line) => /^([A-Za-z0-9_.-]+)(?:\[[^\]]*\])?==([^\s#;]+)/.exec(line.trim()))
    .flatMap((match) => (match === null ? [] : [{ name: match[1]!, version: match[2]! }]))
}

/** Everything that set-up answers for on a device: the pinned files, and for CUDA also the NVIDIA wheels that TensorFlow's extra brings along. */
export function requirementsFor(device: 'cpu' | 'cuda' | 'none'): Requirement[] {
  const pinned = readRequirements(requirementFiles(device))
  if (device !== 'cuda') return pinned
  return [...pinned, ...readRequirements([requirementFile('constraints.txt')]).filter(({ name }) => name.startsWith('nvidia-'))]
}

/** Name as pip writes it into `<name>-<version>.dist-info`: lower case, runs of `-_.` as one underscore (PEP 503 and 427). */
export const distributionName = (name: string): string => name.toLowerCase().replace(/[-_.]+/g, '_')

/** The requirements that `site-packages` does not hold in exactly the pinned version. Reads folder names only: a few milliseconds. */
export function missingRequirements(sitePackages: string, requirements: readonly Requirement[]): Requirement[] {
  const present = new Set<string>()
  for (const entry of existsSync(sitePackages) ? readdirSync(sitePackages) : []) {
    const match = /^(.+)-([^-]+)\.dist-info$/.exec(entry)
    // RECORD is the last file pip writes: without it an installation was cut off.
    if (match !== null && existsSync(join(sitePackages, entry, 'RECORD'))) present.add(`${distributionName(match[1]!)}==${match[2]!}`)
  }
  return requirements.filter(({ name, version }) => !present.has(`${distributionName(name)}==${version}`))
}
