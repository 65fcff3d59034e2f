import type { Kernel, KernelBlock } from './kernel-memory.js'

/** Rows turned at once: they and their columns stay in the second cache, for tables of hundreds of columns. */
const ROWS = 32

/** Turns columns into rows of a table. */
export class RowWriter {
  private readonly args: Float64Array
  private readonly turned: Float64Array
  private readonly interleave: Kernel

  static memoryFor(width: number): number {
    return 6 + Math.ceil(width / 2) + ROWS * width
  }

  /** @param columns buffers for each column of the table, undefined for those that are left NaN */
  constructor(columns: readonly (Float64Array | undefined)[], block: KernelBlock) {
    const width = columns.length
    const list = block.take(Math.ceil(width / 2), 0)
    new Uint32Array(list.buffer, list.byteOffset, width).set(columns.map((column) => column?.byteOffset ?? 0))
    this.turned = block.take(ROWS * width, 0)
    this.args = block.take(6, 0)
    const asWhole = new Uint32Array(this.args.buffer, this.args.byteOffset, 12)
    // Whole numbers lie in the second half of each argument: see wasm/memory.as.
    asWhole[2] = list.byteOffset
    asWhole[6] = width
    asWhole[10] = this.turned.byteOffset
    this.interleave = block.kernel('interleave')
  }

  /** Bars `at` .. `at + n - 1` of the columns to the table's rows from `row` on; what is not finite becomes NaN. */
  write(table: Float64Array, row: number, at: number, n: number): void {
    const width = this.turned.length / ROWS
    for (let begin = 0; begin < n; begin += ROWS) {
      const count = Math.min(ROWS, n - begin)
      this.interleave(this.args.byteOffset, at + begin, at + begin + count)
      table.set(count === ROWS ? this.turned : this.turned.subarray(0, count * width), (row + begin) * width)
    }
  }
}
