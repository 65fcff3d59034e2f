import { operator, type Column, type OperatorDefinition } from './column.js'

export interface KernelDefinition extends Omit<OperatorDefinition, 'start' | 'memory' | 'params'> {
  /** Name of the kernel in `wasm/`; also the operator's, unless it has a name of its own. */
  readonly kernel: string
  readonly params?: readonly number[]
  /** Numbers that the kernel keeps between steps; 0 at the beginning. */
  readonly state?: number
  /** What the kernel is given after its state, if not `params`. */
  readonly settings?: readonly number[]
  /** Whether the kernel is given the number of its outputs, before them. */
  readonly counted?: boolean
}

/** The outputs of an operator whose loop is compiled to WebAssembly: as fast as C, the same on all machines. */
export function kernelOperator(definition: Omit<KernelDefinition, 'name'> & { readonly name?: string }): Column[] {
  const { kernel, params = [], state = 0, settings = params, counted = false, inputs, warmup } = definition
  const fixed = inputs.length + warmup.length + 1 + settings.length + (counted ? 1 : 0)
  return operator({
    ...definition,
    name: definition.name ?? kernel,
    params,
    memory: 2 * fixed + state,
    start: (x, y, block) => {
      const kept = block.take(state, 0)
      const args = block.take(2 * fixed, 0)
      const asWhole = new Uint32Array(args.buffer, args.byteOffset, 4 * fixed)
      const addresses = (columns: readonly Float64Array[]): number[] => columns.map((column) => column.byteOffset)
      const values = [...addresses(x), ...(counted ? [y.length] : []), ...addresses(y), kept.byteOffset, ...settings]
      // Each both ways: see wasm/memory.as.
      for (const [k, value] of values.entries()) {
        args[2 * k] = value
        asWhole[4 * k + 2] = value
      }
      const run = block.kernel(kernel)
      const at = args.byteOffset
      return (from, to) => run(at, from, to)
    },
  })
}

/** A kernel with one output. */
export function kernelColumn(
  definition: Omit<KernelDefinition, 'name' | 'warmup'> & { readonly name?: string; readonly warmup?: number },
): Column {
  return kernelOperator({ ...definition, warmup: [definition.warmup ?? 0] })[0]!
}
