import { execFile } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { cpus } from 'node:os'
import { machineFacts, projectPath, projectRoot } from '../core/index.js'

/** Python facts come from the caller: this room does not know where Python is. */
export interface PythonFacts {
  readonly version: string
  /** Package name to version. */
  readonly packages: Readonly<Record<string, string>>
}

/** Versions and machine of a run. */
export interface RunEnvironment {
  readonly node: string
  readonly platform: string
  readonly arch: string
  readonly cpu: string
  /** Cores this process may use, container quota counted in. */
  readonly cores: number
  readonly memoryBytes: number
  /** npm dependency to the version pinned in package.json. */
  readonly packages: Readonly<Record<string, string>>
  readonly python?: PythonFacts
}

/** Versions, processor, cores and memory of this machine, and the packages that package.json names, for run.json. */
export function runEnvironment(python?: PythonFacts): RunEnvironment {
  const { dependencies } = JSON.parse(readFileSync(projectPath('package.json'), 'utf8')) as { dependencies?: Record<string, string> }
  const { cores, memoryBytes } = machineFacts()
  return {
    node: process.version,
    platform: process.platform,
    arch: process.arch,
    cpu: cpus()[0]?.model.trim() ?? 'unknown',
    cores,
    memoryBytes,
    packages: dependencies ?? {},
    ...(python !== undefined && { python }),
  }
}

/** Commit, and whether anything was changed since. */
export interface GitFacts {
  readonly commit: string
  /** True with uncommitted or untracked files; null where git did not say within the time limit. */
  readonly dirty: boolean | null
}

/** Commit and cleanliness of a folder, null where it is not under git (or has no commit, or git is not installed). Asks git beside other work, at most `timeoutMs`. */
export async function gitFacts(folder = projectRoot(), timeoutMs = 1000): Promise<GitFacts | null> {
  const [commit, changes] = await Promise.all([
    git(['rev-parse', '--verify', 'HEAD'], folder, timeoutMs),
    git(['status', '--porcelain'], folder, timeoutMs),
  ])
  if (commit === undefined) return null
  return { commit: commit.trim(), dirty: changes === undefined ? null : changes.trim() !== '' }
}

function git(args: string[], cwd: string, timeout: number): Promise<string | undefined> {
  return new Promise((resolve) => {
    // Optional locks off: asking must never disturb a commit that a person makes at the same time.
    const env = { ...process.env, GIT_OPTIONAL_LOCKS: '0' }
    execFile('git', args, { cwd, timeout, env, maxBuffer: 64 * 1024 * 1024 }, (error, stdout) =>
      resolve(error === null ? stdout : undefined),
    )
  })
}
