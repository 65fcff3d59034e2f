import { existsSync } from 'node:fs'
import { displayPath, isLabError, nearestName, projectPath, stableJson } from '../../core/index.js'
import { readNotebook, type Notebook } from '../notebook-file.js'
import { declaredParameters, injectParameters, type ParameterValues } from '../parameters.js'
import { planNotebook } from '../steps/notebook-plan.js'
import { badGraph, type GraphNode, type NotebookGraph } from './graph-file.js'

/** One run of a graph: a notebook with values for its parameters. */
export interface GraphJob {
  /** `direction`, or with `each` `direction(dataset=eur-usd-1h)`; unique. */
  readonly label: string
  /** Name in the graph. */
  readonly node: string
  readonly path: string
  /** Values may hold {@link RunsOf}. */
  readonly parameters: ParameterValues
  /** Labels of the jobs that come before. */
  readonly after: readonly string[]
  readonly settings: Pick<GraphNode, 'device' | 'require_device' | 'timeout' | 'when_skipped'>
}

/** Stands for the ids of the runs of a node, in the order of its jobs. */
export interface RunsOf {
  readonly runs_of: string
}

/** What is known of a node when its notebook was read. */
interface OpenNode {
  readonly path: string
  readonly notebook: Notebook
  /** Values of the graph itself for parameters that the notebook declares. */
  readonly shared: ParameterValues
}

/**
 * The jobs of a graph in an order in which they can run.
 * @throws LabError `bad-graph` with every problem: unknown names, cycles, notebooks and parameters that do not fit
 */
export function planGraph(graph: NotebookGraph): GraphJob[] {
  const names = Object.keys(graph.notebooks)
  const problems: string[] = []
  const opened = new Map<string, OpenNode>()
  for (const name of names) collect(problems, name, () => opened.set(name, openNode(graph.notebooks[name]!, graph.parameters)))
  const before = new Map(names.map((name) => [name, predecessors(graph.notebooks[name]!, opened.get(name)?.shared ?? {})]))
  const unknown = names.flatMap((name) => before.get(name)!.flatMap((other) => unknownName(name, other, names)))
  if (unknown.length > 0) throw badGraph([...problems, ...unknown])
  const jobs: GraphJob[] = []
  for (const name of sortNodes(names, before)) {
    const open = opened.get(name)
    if (open !== undefined)
      collect(problems, name, () => jobs.push(...expandNode(name, graph.notebooks[name]!, open, before.get(name)!, jobs)))
  }
  if (problems.length > 0) throw badGraph(problems)
  return jobs
}

function collect(problems: string[], name: string, work: () => void): void {
  try {
    work()
  } catch (error) {
    if (!isLabError(error)) throw error
    problems.push(`notebooks.${name}: ${error.message} (received ${error.received ?? ''}; expected ${error.expected ?? ''})`)
  }
}

export const isRunsOf = (value: unknown): value is RunsOf =>
  typeof value === 'object' && value !== null && typeof (value as Partial<RunsOf>).runs_of === 'string' && Object.keys(value).length === 1

/** Values with the ids of runs in the place of what stands for them. */
export function resolveParameters(parameters: ParameterValues, runsOf: (node: string) => readonly string[]): ParameterValues {
  return Object.fromEntries(Object.entries(parameters).map(([name, value]) => [name, isRunsOf(value) ? runsOf(value.runs_of) : value]))
}

/** Nodes that a node waits for: those it names, and those whose runs it takes, by whichever value a parameter gets in the end. */
function predecessors({ after, parameters, each }: GraphNode, shared: ParameterValues): string[] {
  const values = Object.values({ ...shared, ...parameters, ...each })
  // A list of `each` is one of values; a list elsewhere is a value itself.
  const runsOf = [...values, ...Object.values(each).flat()].filter(isRunsOf)
  return [...new Set([...after, ...runsOf.map(({ runs_of }) => runs_of)])]
}

function unknownName(name: string, other: string, names: readonly string[]): string[] {
  if (names.includes(other)) return []
  const near = nearestName(other, names)
  return [
    `notebooks.${name}: it comes after "${other}", which is not in the graph; ${near === undefined ? `there are ${names.join(', ')}` : `did you mean ${near}?`}`,
  ]
}

/** Every node after those it waits for, else in the order of the file. */
function sortNodes(names: readonly string[], before: ReadonlyMap<string, readonly string[]>): string[] {
  const order: string[] = []
  const visit = (name: string, way: readonly string[]): void => {
    if (order.includes(name)) return
    if (way.includes(name)) throw badGraph([`notebooks: a cycle: ${[...way.slice(way.indexOf(name)), name].join(' comes before ')}`])
    for (const other of before.get(name)!) visit(other, [...way, name])
    order.push(name)
  }
  for (const name of names) visit(name, [])
  return order
}

/** @throws LabError of a notebook that cannot be read or planned */
function openNode(node: GraphNode, parameters: ParameterValues): OpenNode {
  const path = projectPath(node.notebook)
  const notebook = readNotebook(path)
  planNotebook(notebook)
  const declared = declaredParameters(notebook).map((parameter) => parameter.name)
  return { path, notebook, shared: Object.fromEntries(Object.entries(parameters).filter(([name]) => declared.includes(name))) }
}

function expandNode(
  name: string,
  node: GraphNode,
  { path, notebook, shared }: OpenNode,
  before: readonly string[],
  planned: readonly GraphJob[],
): GraphJob[] {
  const after = planned.filter((job) => before.includes(job.node)).map(({ label }) => label)
  const { device, require_device, timeout, when_skipped } = node
  return combinations(node.each).map((each) => {
    const parameters = { ...shared, ...node.parameters, ...each }
    injectParameters(notebook, parameters)
    const label =
      Object.keys(each).length === 0
        ? name
        : `${name}(${Object.entries(each)
            .map(([key, value]) => `${key}=${shown(value)}`)
            .join(', ')})`
    return { label, node: name, path, parameters, after, settings: { device, require_device, timeout, when_skipped } }
  })
}

function combinations(each: Readonly<Record<string, readonly unknown[]>>): ParameterValues[] {
  return Object.entries(each).reduce<ParameterValues[]>(
    (made, [name, list]) => made.flatMap((values) => list.map((value) => ({ ...values, [name]: value }))),
    [{}],
  )
}

const shown = (value: unknown): string => (typeof value === 'string' ? value : stableJson(value))

/** Paths of a graph are those of the project; a graph of another checkout names them alike. */
export const describeJob = ({ label, path, parameters, after }: GraphJob): string =>
  `${label}: ${displayPath(path)} ${stableJson(parameters)}${after.length === 0 ? '' : ` after ${after.join(', ')}`}${existsSync(path) ? '' : ' (missing)'}`
