import { spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createRng } from '../../core/index.js'
import { readInstalled } from '../../native/installed.js'
import { market } from '../../../test/fixtures/market.js'

/** Computes with a Python package what ours is compared with. Arrays travel as raw files of a folder of its own. */
export class PythonPeer {
  readonly folder = mkdtempSync(join(tmpdir(), 'trees-peer-'))

  write(name: string, values: ArrayBufferView): void {
    writeFileSync(join(this.folder, name), new Uint8Array(values.buffer, values.byteOffset, values.byteLength))
  }

  /**
   * Runs a program that finds `folder` and `given` (any JSON) and numpy as `np`. What it prints is the answer.
   * @throws Error with what Python wrote to its standard error
   */
  run(program: string, given: unknown = {}): string {
    const head = 'import json, sys, numpy as np\nfolder, given = sys.argv[1], json.loads(sys.argv[2])\n'
    const { status, stdout, stderr } = spawnSync(
      readInstalled()!.python.executable,
      ['-c', head + program, this.folder, JSON.stringify(given)],
      { encoding: 'utf8' },
    )
    if (status !== 0 || stderr !== '') throw new Error(stderr)
    return stdout.trim()
  }

  bytes(name: string): Uint8Array {
    return new Uint8Array(readFileSync(join(this.folder, name)))
  }

  float64(name: string): Float64Array {
    return new Float64Array(this.bytes(name).buffer)
  }

  float32(name: string): Float32Array {
    return new Float32Array(this.bytes(name).buffer)
  }

  text(name: string): string {
    return readFileSync(join(this.folder, name), 'utf8')
  }

  close(): void {
    rmSync(this.folder, { recursive: true, force: true })
  }
}

/** `market` with a target of a regression beside y: noisy, of the first two features. */
export function returns(rows: number, columns: number): ReturnType<typeof market> & { readonly value: Float64Array } {
  const { X, y } = market(rows, columns)
  const rng = createRng(2, 'trees-test')
  const value = Float64Array.from({ length: rows }, (_, i) => 3 + X.values[i * columns]! ** 2 - X.values[i * columns + 1]! + rng.normal())
  return { X, y, value }
}
