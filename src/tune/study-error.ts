import { LabError } from '../core/index.js'

/** An expected end of a call, as Python tells it. */
export interface StudyRefusal {
  readonly code: string
  readonly message: string
  readonly received: string
}

const CURES: Readonly<Record<string, { readonly expected: string; readonly help: string }>> = {
  'no-database': {
    expected: 'an SQLite file in a folder that is there, or a PostgreSQL database that can be reached',
    help: 'correct --storage, BARLAB_OPTUNA_STORAGE or tuning.storage; for PostgreSQL: createdb NAME',
  },
  'study-direction': { expected: 'the direction it was made with', help: 'choose another name: --study NAME' },
  'no-study': { expected: 'a study that was made before', help: 'npm run tune -- --study NAME makes it' },
}

export function studyError({ code, message, received }: StudyRefusal): LabError {
  return new LabError(code, message, { received, ...CURES[code] })
}
