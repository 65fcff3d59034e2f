import { displayBundle, DISPLAY, EXIT, LabError, plainText } from '../core/index.js'
import { certifyLeaks, type CertifyLeaksOptions, type LeakCertificate, type LeakSubjects } from '../leaks/index.js'
import type { Run } from '../track/index.js'

/** Set by `npm run leakcheck` for the notebook it runs. */
export const LEAKCHECK_VARIABLE = 'BARLAB_LEAKCHECK'

/** What the leak check asks of a notebook: 'sample' or 'every-bar'; undefined: it is an ordinary run. */
function leakcheckMode(): 'sample' | 'every-bar' | undefined {
  const mode = process.env[LEAKCHECK_VARIABLE]
  return mode === 'sample' || mode === 'every-bar' ? mode : undefined
}

/**
 * The leak certificate of a run, kept in run.json under `leaks`. Call it once, where features, labels and folds are there and before anything is fitted.
 *
 * Under `npm run leakcheck` it looks more closely (more cuts; at every bar with `--every-bar`) and the notebook ends here, as skipped: the check needs no model.
 * @throws LabError `skipped` there; those of certifyLeaks. Leaks are not thrown: `assertNoLeaks` does that
 */
export async function certifyRun(run: Run, subjects: LeakSubjects, options: CertifyLeaksOptions = {}): Promise<LeakCertificate> {
  const mode = leakcheckMode()
  const thorough = mode === undefined ? {} : { fullCuts: 24, windowCuts: 2000, everyBar: mode === 'every-bar' }
  const certificate = certifyLeaks(subjects, { ...options, ...thorough })
  await run.record('leaks', certificate)
  if (mode === undefined) return certificate
  const shown = certificate[DISPLAY]()
  displayBundle(shown)
  throw new LabError('skipped', plainText(shown)!.split('\n')[0]!, { exitCode: EXIT.skipped })
}
