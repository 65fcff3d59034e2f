import { readFileSync } from 'node:fs'
import { z } from 'zod'
import { formatProblem, parseYamlAs } from '../../config/index.js'
import { EXIT, LabError, displayPath } from '../../core/index.js'

const values = z.record(z.string(), z.unknown())

const nodeSchema = z.strictObject({
  notebook: z.string().describe('path of the notebook, relative to the project'),
  after: z.array(z.string()).default([]).describe('names of the notebooks that must have ended well before'),
  parameters: values
    .default({})
    .describe('values; {runs_of: name} stands for the run ids of another notebook of the graph, and waits for it'),
  each: z
    .record(z.string(), z.array(z.unknown()).min(1))
    .default({})
    .describe('parameter -> list of values: a run for each; of several lists, for each combination'),
  when_skipped: z.enum(['skip', 'run']).default('skip').describe('what to do when one of `after` was skipped'),
  device: z.enum(['auto', 'cuda', 'cpu']).optional(),
  require_device: z.boolean().default(false).describe('falling back to another device is an error'),
  timeout: z.number().positive().optional().describe('seconds for each run; it can be resumed then'),
})

/** A file that says which notebooks run, after which others, with which parameters. */
export const graphSchema = z.strictObject({
  parallel: z.int().min(1).default(1).describe('how many notebooks run at the same time'),
  parameters: values.default({}).describe('values for every notebook that declares such a parameter; those of a notebook itself win'),
  notebooks: z.record(z.string().regex(/^[A-Za-z0-9][\w-]*$/, 'expected letters, digits, - and _'), nodeSchema),
})

export type GraphNode = z.infer<typeof nodeSchema>
export type NotebookGraph = z.infer<typeof graphSchema>

/** Reads and checks a graph. @throws LabError `graph-not-found`, `bad-graph` with every problem, its line and column */
export function readGraph(path: string): NotebookGraph {
  const { value, problems } = parseYamlAs(readText(path), graphSchema)
  if (value !== undefined && Object.keys(value.notebooks).length > 0) return value
  const lines = problems.map((found) => formatProblem(displayPath(path), found))
  throw badGraph(lines.length === 0 ? [`${displayPath(path)} notebooks: none`] : lines)
}

/** @param lines a line for each problem */
export const badGraph = (lines: readonly string[]): LabError =>
  new LabError('bad-graph', `The graph of notebooks has ${lines.length} problem${lines.length === 1 ? '' : 's'}; nothing was run.`, {
    received: lines.join('\n            '),
    expected: 'the keys that docs/pipelines.md explains',
    help: 'correct the lines above; --dry-run checks without running',
    exitCode: EXIT.usage,
  })

function readText(path: string): string {
  try {
    return readFileSync(path, 'utf8')
  } catch (cause) {
    throw new LabError('graph-not-found', 'The graph of notebooks cannot be read.', {
      received: displayPath(path),
      expected: 'a YAML file with a section notebooks',
      help: 'check the path',
      cause,
      exitCode: EXIT.usage,
    })
  }
}
