import type { Run } from '../../track/index.js'
import type { FitEvent } from '../fits/fit-options.js'

/**
 * Writes what happens in fits into the run's events: start and end, epochs (but not the hundreds of boosting rounds), checkpoints resumed, memory running short.
 * Learning curves stay with the fit.
 */
export function recordFitEvent(run: Run, event: FitEvent): void {
  const { type, fold, model, symbol } = event
  const of = { ...(symbol !== undefined && { symbol }), fold, model }
  switch (type) {
    case 'fit-progress':
      // Only trainings by gradient have a learning rate and epochs worth a line each.
      if (event.progress.learningRate !== undefined) run.event('epoch', { ...of, ...event.progress })
      return
    case 'fit-notice': {
      const { type: what, ...details } = event.notice
      if (what !== 'checkpoint-saved') run.event(what, { ...of, ...details })
      return
    }
    case 'fit-finished': {
      const { history: _history, ...report } = event.report
      run.event(type, { ...of, seconds: event.seconds, report })
      return
    }
    case 'fit-started':
    case 'fit-reused':
    case 'fit-retried':
    case 'fit-discarded': {
      const { type: _type, ...details } = event
      run.event(type, details)
    }
  }
}
