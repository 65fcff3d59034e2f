import { KERNELS } from './wasm/kernels-binary.js'

/** One loop of `wasm/*.as`: computes positions `from` up to but not including `to`. `args`: address of its arguments. */
export type Kernel = (args: number, from: number, to: number) => void

interface Memory {
  readonly buffer: ArrayBuffer
}

/** What is used of the platform's WebAssembly, for which TypeScript has no types without those of a browser. */
interface Platform {
  readonly Memory: new (size: { initial: number; maximum: number }) => Memory
  readonly Module: new (bytes: Uint8Array) => object
  readonly Instance: new (module: object, imports: object) => { readonly exports: Readonly<Record<string, Kernel>> }
}

const PAGE_BYTES = 65_536
const REGION_PAGES = 512
/** The kernels' own constants lie in the first page. */
const BEGIN = PAGE_BYTES / 8

/** Memory of fixed size (so that views stay valid) that several streams share, with the kernels that work in it. What is never written takes no real memory. */
class Region {
  readonly kernels: Readonly<Record<string, Kernel>>
  private readonly buffer: ArrayBuffer
  private readonly blocks: KernelBlock[] = []
  private readonly end: number

  constructor(pages: number) {
    const { Memory, Instance } = platform()
    const memory = new Memory({ initial: pages, maximum: pages })
    this.buffer = memory.buffer
    this.end = (pages * PAGE_BYTES) / 8
    this.kernels = new Instance(compiled(), { env: { memory } }).exports
  }

  /** A block of that many numbers, undefined where there is no room for it. */
  reserve(length: number): KernelBlock | undefined {
    while (this.blocks.at(-1)?.released === true) this.blocks.pop()
    const begin = this.blocks.at(-1)?.end ?? BEGIN
    if (begin + length > this.end) return undefined
    const block = new KernelBlock(this, begin, begin + length)
    this.blocks.push(block)
    return block
  }

  view(begin: number, length: number): Float64Array {
    return new Float64Array(this.buffer, begin * 8, length)
  }
}

/** Part of a region: what one stream needs. */
export class KernelBlock {
  released = false
  private at: number

  constructor(
    private readonly region: Region,
    begin: number,
    readonly end: number,
  ) {
    this.at = begin
  }

  /** The next `length` numbers of the block, each `value`. */
  take(length: number, value: number): Float64Array {
    const view = this.region.view(this.at, length).fill(value)
    this.at += length
    return view
  }

  kernel(name: string): Kernel {
    return this.region.kernels[name]!
  }

  /** Whoever reserves next may write there. A block that is never released goes with its region, when no stream uses that any more. */
  release(): void {
    this.released = true
  }
}

let current: Region | undefined
let compiledModule: object | undefined

const platform = (): Platform => (globalThis as unknown as { WebAssembly: Platform }).WebAssembly
const compiled = (): object => (compiledModule ??= new (platform().Module)(Buffer.from(KERNELS, 'base64')))

/** Memory for `length` numbers: of the current region, or of a new one where that is full. */
export function reserveKernelMemory(length: number): KernelBlock {
  const block = current?.reserve(length)
  if (block !== undefined) return block
  const pages = Math.ceil((length * 8) / PAGE_BYTES) + 1
  if (pages > REGION_PAGES) return new Region(pages).reserve(length)!
  current = new Region(REGION_PAGES)
  return current.reserve(length)!
}
