import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { LabError, writeFileAtomicSync } from '../../core/index.js'
import type { TreeEnsemble } from './tree-model.js'

/** Trees as columns over their nodes, one tree after the other. */
export interface ForestNodes {
  /** Nodes of each tree. */
  readonly sizes: ArrayLike<number>
  /** Column that a node splits. */
  readonly feature: ArrayLike<number>
  /** Values up to it, in single precision, go left. */
  readonly threshold: ArrayLike<number>
  /** Child, counted from the tree's first node; -1 at a leaf. */
  readonly left: ArrayLike<number>
  readonly right: ArrayLike<number>
  /** What a leaf predicts. */
  readonly value: ArrayLike<number>
  /** By column. */
  readonly importance: ArrayLike<number>
}

const FILE = 'forest.f64'
const COLUMNS = ['feature', 'threshold', 'left', 'right', 'value'] as const

/**
 * A forest that predicts the mean of its trees' leaves: what scikit-learn's `predict_proba` and `predict` give, to the bit, without Python. Inputs are compared in
 * single precision and trees are summed in their order, as scikit-learn does with one thread.
 */
export class NodeForest implements TreeEnsemble {
  readonly #nodes: ForestNodes
  readonly #columns: number

  constructor(nodes: ForestNodes) {
    this.#nodes = nodes
    this.#columns = nodes.importance.length
  }

  /** @throws LabError `damaged-model` */
  static read(folder: string): NodeForest {
    const path = join(folder, FILE)
    const bytes = Uint8Array.from(readFileSync(path))
    const all = new Float64Array(bytes.buffer, 0, Math.floor(bytes.length / 8))
    const [trees = 0, columns = 0] = all
    const sizes = all.slice(2, 2 + trees)
    const nodes = sizes.reduce((sum, size) => sum + size, 0)
    const start = 2 + trees + columns
    if (bytes.length !== 8 * (start + COLUMNS.length * nodes))
      throw new LabError('damaged-model', 'A saved forest is not whole.', {
        received: `${path}: ${bytes.length} bytes`,
        expected: 'the bytes that were written',
        help: 'train the model again',
      })
    const column = (name: (typeof COLUMNS)[number]): Float64Array =>
      all.slice(start + COLUMNS.indexOf(name) * nodes, start + (COLUMNS.indexOf(name) + 1) * nodes)
    const [feature, left, right] = (['feature', 'left', 'right'] as const).map((name) => Int32Array.from(column(name))) as [
      Int32Array,
      Int32Array,
      Int32Array,
    ]
    const importance = all.slice(2 + trees, start)
    return new NodeForest({ sizes, feature, threshold: column('threshold'), left, right, value: column('value'), importance })
  }

  predictSync(values: Float64Array): Float64Array {
    const { sizes, feature, threshold, left, right, value } = this.#nodes
    const width = this.#columns
    const inputs = Float32Array.from(values)
    const out = new Float64Array(values.length / width)
    for (let tree = 0, root = 0; tree < sizes.length; root += sizes[tree++]!)
      for (let row = 0, at = 0; row < out.length; row++, at += width) {
        let node = root
        while (left[node]! >= 0) node = root + (inputs[at + feature[node]!]! <= threshold[node]! ? left[node]! : right[node]!)
        out[row]! += value[node]!
      }
    return out.map((sum) => sum / sizes.length)
  }

  /** Mean decrease of impurity. */
  gainSync(): Float64Array {
    return Float64Array.from(this.#nodes.importance)
  }

  /** One file of 64-bit floats: numbers of trees and columns, nodes of each tree, importances, then the columns over the nodes. */
  saveSync(folder: string): void {
    const { sizes, importance } = this.#nodes
    const parts = [[sizes.length, this.#columns], sizes, importance, ...COLUMNS.map((name) => this.#nodes[name])]
    const all = Float64Array.from(parts.flatMap((part) => Array.from(part)))
    writeFileAtomicSync(join(folder, FILE), new Uint8Array(all.buffer))
  }

  close(): void {
    // Nothing lies outside of JavaScript's memory.
  }
}
