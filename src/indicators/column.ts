import type { KernelBlock } from './kernel-memory.js'

/**
 * A column that is computed bar by bar: the output of an operator over other columns. Building one computes nothing; a {@link ColumnStream} runs the graph.
 *
 * Operators see only the past: a step may read an input at the positions it was given and at most `reach` before them. So a value cannot depend on a later bar,
 * and the whole series in big steps and one bar at a time are the same code with the same result, bit for bit.
 */
export interface Column {
  /** What it computes, for example `sma(close,20)`. Columns of the same key are computed once. */
  readonly key: string
  readonly operator: Operator
  /** Which of the operator's outputs. */
  readonly port: number
  /** Bars before the first value: positions 0 to lookback - 1 are NaN. */
  readonly lookback: number
}

/**
 * Computes positions `from` up to but not including `to` of the outputs it was started with. Called with consecutive ranges. Must treat a NaN input
 * as a break: the output is NaN and everything begins anew after it, as at the first bar.
 */
export type Step = (from: number, to: number) => void

export interface Operator {
  readonly key: string
  readonly inputs: readonly Column[]
  /** Name of a column of the bars, where it is not computed. */
  readonly source?: string
  /** How many values before the current one it reads of its inputs. */
  readonly reach: number
  readonly ports: number
  /** Numbers that it takes of the stream's memory when it starts. */
  readonly memory: number
  /** Begins at the first bar, with state of its own. `x` and `y` are the buffers of inputs and outputs. */
  readonly start: (x: readonly Float64Array[], y: readonly Float64Array[], block: KernelBlock) => Step
}

export interface OperatorDefinition {
  readonly name: string
  readonly inputs: readonly Column[]
  readonly params?: readonly (number | string)[]
  readonly reach?: number
  /** Bars it needs beyond the longest lookback of its inputs, one number an output. */
  readonly warmup: readonly number[]
  readonly memory?: number
  readonly start: Operator['start']
}

/** The outputs of a new operator. Name, inputs and params together must say all that matters: columns with the same key are taken to be the same. */
export function operator({ name, inputs, params = [], reach = 0, warmup, memory = 0, start }: OperatorDefinition): Column[] {
  const key = `${name}(${[...inputs.map((column) => column.key), ...params].join(',')})`
  const known = Math.max(0, ...inputs.map((column) => column.lookback))
  const made: Operator = { key, inputs, reach, ports: warmup.length, memory, start }
  return warmup.map((bars, port) => ({ key: warmup.length === 1 ? key : `${key}#${port}`, operator: made, port, lookback: known + bars }))
}

/** An operator with one output. */
export function column(definition: Omit<OperatorDefinition, 'warmup'> & { readonly warmup?: number }): Column {
  return operator({ ...definition, warmup: [definition.warmup ?? 0] })[0]!
}

/** A column that is given, not computed. */
export function sourceColumn(name: string): Column {
  const given: Operator = { key: name, inputs: [], source: name, reach: 0, ports: 1, memory: 0, start: () => () => undefined }
  return { key: name, operator: given, port: 0, lookback: 0 }
}
