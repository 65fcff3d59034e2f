import { basename } from 'node:path'
import { displayPath, userFolder } from '../../core/index.js'
import { Run, findRun, readRun } from '../../track/index.js'
import { report, runJob } from '../batch/run-job.js'
import { worstOf } from '../batch/run-pipeline.js'
import { readGraph, type NotebookGraph } from './graph-file.js'
import { describeJob, planGraph, resolveParameters, type GraphJob } from './graph-plan.js'
import { GraphRun, type GraphOptions, type GraphResult, type GraphSection, type JobEnd } from './graph-run.js'

/** Runs a graph of notebooks. @throws LabError `graph-not-found`, `bad-graph`; what goes wrong in a notebook is a result */
export async function runGraph(path: string, options: GraphOptions = {}): Promise<GraphResult> {
  const graph = readGraph(path)
  const jobs = planGraph(graph)
  if (options.dryRun === true) return dryRunGraph(jobs, options)
  const run = await Run.create({ name: basename(path).replace(/\.ya?ml$/, ''), kind: 'graph', parameters: { graph: displayPath(path) } })
  return new GraphRun(run, graph, jobs, options).execute()
}

/** True for the id or folder of a run of a graph. @throws LabError `run-not-found`, `run-unreadable` */
export const isGraphRun = (idOrFolder: string): boolean => readRun(findRun(idOrFolder)).kind === 'graph'

/** Goes on with a graph: jobs that ended well stay, interrupted and failed ones are resumed, the others run. A dry run checks them all and changes nothing. @throws LabError `bad-graph`, and those of Run.resume */
export async function resumeGraph(idOrFolder: string, options: GraphOptions = {}): Promise<GraphResult> {
  const earlier = readRun(findRun(idOrFolder)).notebooks as GraphSection
  const graph = JSON.parse(earlier.graph) as NotebookGraph
  const jobs = planGraph(graph)
  if (options.dryRun === true) return dryRunGraph(jobs, options)
  const run = await Run.resume(idOrFolder)
  return new GraphRun(run, graph, jobs, options, earlier).execute()
}

async function dryRunGraph(jobs: readonly GraphJob[], options: GraphOptions): Promise<GraphResult> {
  const ends: JobEnd[] = []
  for (const job of jobs) {
    if (options.quiet !== true) process.stdout.write(`${describeJob(job)}\n`)
    // What stands for runs is a list of their ids; any list of text will do for the types.
    const parameters = resolveParameters(job.parameters, () => ['run'])
    const result = await runJob({ path: job.path, parameters, userFolder: userFolder() }, { ...options, dryRun: true, quiet: true }).catch(
      (error: unknown) => report(error),
    )
    const reason = 'error' in result ? `${result.error!.message} ${result.error!.received ?? ''}` : undefined
    if (reason !== undefined && options.quiet !== true) process.stdout.write(`  ${reason}\n`)
    ends.push({
      label: job.label,
      node: job.node,
      status: result.status,
      exitCode: result.exitCode,
      ...(reason !== undefined && { reason }),
    })
  }
  return { exitCode: worstOf(ends.map(({ exitCode }) => exitCode)), jobs: ends }
}
