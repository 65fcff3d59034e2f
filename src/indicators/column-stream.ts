import { LabError } from '../core/index.js'
import type { Column, Operator, Step } from './column.js'
import { reserveKernelMemory, type KernelBlock } from './kernel-memory.js'
import { RowWriter } from './row-writer.js'

interface Node {
  readonly outputs: readonly Float64Array[]
  /** How far back any consumer reads the outputs. */
  reach: number
}

/**
 * Runs a graph of columns forward. Every column has one buffer; all share one position. A step: `begin(n)` makes room for n bars and says where they
 * go, the caller writes the sources there, `advance(n)` computes all columns. Values stay readable until the next `begin`.
 *
 * Each distinct key is computed once. Buffers hold what operators look back on, no more: a million bars need no more memory than a thousand. When a buffer is full
 * what is still needed moves to its front, at a cost that is O(1) a bar.
 */
export class ColumnStream {
  private readonly nodes = new Map<string, Node>()
  private readonly steps: Step[] = []
  private readonly sourceBuffers = new Map<string, Float64Array>()
  private readonly outputs: readonly Float64Array[]
  private readonly capacity: number
  private readonly history: number
  private readonly block: KernelBlock
  private readonly rows: RowWriter
  private at: number

  /**
   * @param chunk the most bars of one step: 1 for bar by bar
   * @param table for {@link writeRows}: which of the columns stands at each place of a row, -1 for none
   */
  constructor(
    columns: readonly Column[],
    readonly chunk: number,
    table: readonly number[] = [],
  ) {
    const order = inOrder(columns)
    const reaches = new Map<string, number>()
    for (const { inputs, reach } of order)
      for (const { operator } of inputs) reaches.set(operator.key, Math.max(reach, reaches.get(operator.key) ?? 0))
    this.history = Math.max(0, ...reaches.values())
    this.capacity = this.history + Math.max(chunk, this.history)
    this.at = this.history
    const lengths = order.map(({ ports, memory }) => ports * apart(this.capacity) + memory)
    this.block = reserveKernelMemory(lengths.reduce((sum, length) => sum + length, RowWriter.memoryFor(table.length)))
    for (const made of order) this.add(made, reaches.get(made.key) ?? 0)
    this.outputs = columns.map((column) => this.buffer(column))
    this.rows = new RowWriter(
      table.map((k) => this.outputs[k]),
      this.block,
    )
  }

  /** Number of buffers that these columns need, those in between counted. */
  static buffersOf(columns: readonly Column[]): number {
    return inOrder(columns).reduce((sum, { ports }) => sum + ports, 0)
  }

  /** Names of the sources that the columns need. */
  get sources(): readonly string[] {
    return [...this.sourceBuffers.keys()]
  }

  source(name: string): Float64Array {
    return this.sourceBuffers.get(name)!
  }

  /** The buffer of the k-th column asked for. */
  output(k: number): Float64Array {
    return this.outputs[k]!
  }

  /** Makes room for `n` bars. Returns the position of the first. */
  begin(n: number): number {
    if (n > this.chunk)
      throw new LabError('bad-step', 'More bars than the stream takes at once.', { received: String(n), expected: `at most ${this.chunk}` })
    if (this.at + n > this.capacity) {
      for (const { outputs, reach } of this.nodes.values())
        if (reach > 0) for (const buffer of outputs) buffer.copyWithin(this.history - reach, this.at - reach, this.at)
      this.at = this.history
    }
    return this.at
  }

  /** Computes the `n` bars written since `begin`. */
  advance(n: number): void {
    const to = this.at + n
    for (const step of this.steps) step(this.at, to)
    this.at = to
  }

  /** Writes bars `at` .. `at + n - 1` to rows of a table, from `row` on: places without a column, and values that are not finite, become NaN. */
  writeRows(table: Float64Array, row: number, at: number, n: number): void {
    this.rows.write(table, row, at, n)
  }

  /** Lets others use the memory: call it when all values are taken. Safe to call twice. */
  close(): void {
    this.block.release()
  }

  private add(made: Operator, reach: number): void {
    const outputs = Array.from({ length: made.ports }, () => this.block.take(apart(this.capacity), NaN).subarray(0, this.capacity))
    this.nodes.set(made.key, { outputs, reach })
    if (made.source !== undefined) this.sourceBuffers.set(made.source, outputs[0]!)
    else
      this.steps.push(
        made.start(
          made.inputs.map((input) => this.buffer(input)),
          outputs,
          this.block,
        ),
      )
  }

  private buffer({ operator, port }: Column): Float64Array {
    return this.nodes.get(operator.key)!.outputs[port]!
  }
}

/** Distance of two buffers: whole cache lines, and not such that the same place of many buffers falls into the same set of the cache. */
const apart = (capacity: number): number => (Math.ceil(capacity / 8) | 1) * 8

/** Every distinct operator, inputs before those who read them. */
function inOrder(columns: readonly Column[]): Operator[] {
  const done = new Map<string, Operator>()
  const visit = (made: Operator): void => {
    if (done.has(made.key)) return
    for (const input of made.inputs) visit(input.operator)
    done.set(made.key, made)
  }
  for (const { operator } of columns) visit(operator)
  return [...done.values()]
}
