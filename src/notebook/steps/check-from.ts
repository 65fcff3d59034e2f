import { EXIT, LabError, nearestName } from '../../core/index.js'
import type { PlannedCell } from './notebook-plan.js'

/** @param from name of a step to begin at; undefined passes @throws LabError `unknown-step` where the notebook has no step of this name (exit code 2) */
export function checkFrom(plan: readonly PlannedCell[], from: string | undefined): void {
  const steps = plan.flatMap(({ step }) => step ?? [])
  if (from === undefined || steps.includes(from)) return
  const near = nearestName(from, steps)
  throw new LabError('unknown-step', 'The notebook has no such step.', {
    received: from,
    expected: steps.length === 0 ? 'none: no cell is tagged step:<name>' : steps.join(', '),
    help: near === undefined ? 'use one of these names' : `did you mean ${near}?`,
    exitCode: EXIT.usage,
  })
}
