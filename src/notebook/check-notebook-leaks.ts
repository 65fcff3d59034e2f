import { EXIT, LabError } from '../core/index.js'
import { leakCertificate, type LeakCertificate } from '../leaks/index.js'
import { readRun } from '../track/index.js'
import { LEAKCHECK_VARIABLE } from '../workflow/index.js'
import { runPipeline } from './batch/run-pipeline.js'

export interface NotebookLeaksOptions {
  readonly notebook: string
  readonly parameters?: Readonly<Record<string, unknown>>
  readonly everyBar?: boolean
  /** Nothing on the terminal. */
  readonly quiet?: boolean
}

/**
 * Runs a notebook up to its leak certificate (`certifyRun`), which looks more closely than usual, and returns it. The run ends there as skipped and keeps the certificate in its run.json.
 * @throws LabError `no-certificate` where the notebook ends without one; the error of a notebook that fails before
 */
export async function checkNotebookLeaks({
  notebook,
  parameters = {},
  everyBar = false,
  quiet = false,
}: NotebookLeaksOptions): Promise<LeakCertificate> {
  const before = process.env[LEAKCHECK_VARIABLE]
  process.env[LEAKCHECK_VARIABLE] = everyBar ? 'every-bar' : 'sample'
  try {
    const { notebooks } = await runPipeline({ notebooks: [notebook], parameters, quiet })
    for (const { folder, status, error } of notebooks) {
      const kept = folder === undefined ? undefined : (readRun(folder).leaks as LeakCertificate | undefined)
      if (status === 'skipped' && kept !== undefined) return leakCertificate(kept.checks, kept.seed, kept.seconds)
      if (status !== 'ok' && status !== 'skipped' && error !== undefined) throw error
    }
  } finally {
    if (before === undefined) delete process.env[LEAKCHECK_VARIABLE]
    else process.env[LEAKCHECK_VARIABLE] = before
  }
  throw new LabError('no-certificate', 'The notebook ended without a leak certificate.', {
    received: notebook,
    expected: 'a cell that calls certifyRun before anything is fitted',
    help: 'add: const certificate = await certifyRun(run, { features: { transform: engineer, bars } }, { seed })',
    exitCode: EXIT.usage,
  })
}
