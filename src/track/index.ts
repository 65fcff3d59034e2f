export { readEvents, type RunEvent } from './event-log.js'
export * from './filter-runs.js'
export * from './find-run.js'
export * from './format-runs.js'
export { listRuns, summarizeRun, type RunSummary } from './list-runs.js'
export * from './open-run.js'
export * from './run.js'
export { gitFacts, runEnvironment, type GitFacts, type PythonFacts, type RunEnvironment } from './run-environment.js'
export {
  readRun,
  RESERVED_SECTIONS,
  type FinalStatus,
  type RunKind,
  type RunOutcome,
  type RunRecord,
  type RunStatus,
} from './run-record.js'
export { bestModel, evaluationOf, readMetrics, verdictOf, type RunMetrics } from './run-metrics.js'
export * from './run-notes.js'
export * from './run-tags.js'
export * from './load-run.js'
export { loadRunBars, recordedSource } from './run-bars.js'
export { END_WORDS, type RunEnd, type RunStep } from './run-end.js'
export { runEquity, type RunEquity } from './run-equity.js'
export { fitColumns, loadRunModel, readFitPredictions, type FitChoice, type FitPredictions, type SavedFit } from './run-fits.js'
export type { RunPredictions } from './run-predictions.js'
export { readResources, writeResources } from './resource-history.js'
export { runResources, type RunResources } from './run-resources.js'
export * from './compare/index.js'
export { formatBytes, formatPrunePlan, formatPruneResult } from './format-prune.js'
export { planPrune, type PruneItem, type PruneOptions, type PrunePlan } from './prune-plan.js'
export { leftoverBytes, pruneRuns, type PruneResult } from './prune-runs.js'
