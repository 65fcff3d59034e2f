import { existsSync, readdirSync } from 'node:fs'
import { basename, dirname, join, resolve } from 'node:path'
import { EXIT, LabError, projectPath, resolveUserPath, userFolder } from '../../core/index.js'
import { findRun, readRun } from '../../track/index.js'
import { checkNotebookPath } from '../notebook-path.js'
import type { ParameterValues } from '../parameters.js'
import type { Job, JobOptions, PipelineSection } from './run-job.js'

export interface PipelineOptions extends JobOptions {
  /** Paths of notebooks; `*` in the file name stands for any letters. Run one after the other, each in a run of its own. */
  readonly notebooks: readonly string[]
  /** Limit for all of them together. */
  readonly timeoutMs?: number
  readonly parameters?: Readonly<Record<string, unknown>>
  /** Id or folder of a run to go on with: same notebook and parameters, cells run again, finished steps and fits are reused. */
  readonly resume?: string
}

const DEVICES: readonly string[] = ['auto', 'cuda', 'cpu']

/** What a call asks to run, checked as far as that goes without opening a notebook. All of it is checked before anything runs. @throws LabError `bad-device`, `bad-arguments`, `not-resumable`, `no-notebook`, `notebook-missing` */
export function planJobs({ notebooks, parameters = {}, resume, device, userFolder: from = userFolder() }: PipelineOptions): Job[] {
  if (device !== undefined && !DEVICES.includes(device))
    throw new LabError('bad-device', 'There is no such device.', {
      received: device,
      expected: DEVICES.join(', '),
      help: '--device auto',
      exitCode: EXIT.usage,
    })
  if (resume !== undefined) {
    if (notebooks.length > 0)
      throw new LabError('bad-arguments', 'A resumed run has its own notebook.', {
        received: `${notebooks.join(' ')} with --resume ${resume}`,
        expected: 'either notebooks or a run to go on with',
        help: `npm run pipeline -- --resume ${resume}`,
        exitCode: EXIT.usage,
      })
    const record = readRun(findRun(resume))
    const { parameters: stored, userFolder: folder = from } = (record.pipeline ?? {}) as PipelineSection
    if (record.notebook === undefined || stored === undefined)
      throw new LabError('not-resumable', 'This run did not come from the pipeline runner.', {
        received: `${record.id}, kind ${record.kind}`,
        expected: 'a run of npm run pipeline',
        help: 'npm run runs shows what each run is',
        exitCode: EXIT.usage,
      })
    const given = typeof stored === 'string' ? (JSON.parse(stored) as ParameterValues) : stored
    return [{ path: resolve(projectPath(), record.notebook), parameters: { ...given, ...parameters }, resume, userFolder: folder }]
  }
  if (notebooks.length === 0) throw noNotebook('No notebook was given.', 'nothing')
  const paths = notebooks.flatMap((given) => {
    const found = expand(given)
    if (found.length === 0) throw noNotebook('No notebook fits this pattern.', given)
    return found
  })
  return paths.map((path) => ({ path, parameters, userFolder: from }))
}

const noNotebook = (message: string, received: string): LabError =>
  new LabError('no-notebook', message, {
    received,
    expected: 'one or more .ipynb files',
    help: 'npm run pipeline -- notebooks/direction.ipynb',
    exitCode: EXIT.usage,
  })

/** `*` in the last part of a path, for shells that do not do it. */
function expand(pattern: string): string[] {
  const path = resolveUserPath(pattern)
  if (/^[A-Za-z_$][\w$]*=/.test(pattern) && !existsSync(path))
    throw new LabError('bad-arguments', 'This is a parameter, not a notebook.', {
      received: pattern,
      expected: 'the path of an .ipynb file',
      help: `did you mean -p ${/[^\w=./,:-]/.test(pattern) ? `'${pattern}'` : pattern}?`,
      exitCode: EXIT.usage,
    })
  if (!basename(path).includes('*')) {
    checkNotebookPath(path)
    return [path]
  }
  const expression = new RegExp(`^${basename(path).split('*').map(escapeExpression).join('.*')}$`)
  const folder = dirname(path)
  return existsSync(folder)
    ? readdirSync(folder)
        .filter((name) => expression.test(name))
        .sort()
        .map((name) => join(folder, name))
    : []
}

const escapeExpression = (text: string): string => text.replace(/[.+?^${}()|[\]\\]/g, '\\$&')
