import type { EmbargoInForce } from './embargo.js'
import type { Fold } from './fold.js'
import { holdOutLatest, purge, type HeldOutSpan } from './purge.js'
import { checkFoldSize, type SplitData } from './split-data.js'

/** All rows in consecutive blocks, and which of these are tested. */
export interface TestedBlocks {
  readonly blocks: readonly Int32Array[]
  /** Numbers of the tested blocks, increasing, and the span of each in the same order. */
  readonly tested: readonly number[]
  readonly spans: readonly HeldOutSpan[]
}

/** The fold that tests some blocks and trains on what purge and embargo leave of the others, before, between and after. @throws LabError `too-few-bars` */
export function foldAround(
  index: number,
  { blocks, tested, spans }: TestedBlocks,
  data: SplitData,
  embargo: EmbargoInForce,
): Omit<Fold, 'kind'> {
  const test = joined(blocks.filter((_, k) => tested.includes(k)))
  const others = joined(blocks.filter((_, k) => !tested.includes(k)))
  const aroundTest = purge(others, spans, data, embargo, 'after')
  const { train, validation, purged, embargoed } = holdOutLatest(aroundTest.kept, data.validationShare ?? 0, data, embargo)
  checkFoldSize({ index, train, validation, test }, data, {
    help: 'use more history, more and smaller test blocks, fewer of them tested at a time, or a shorter horizon or embargo',
  })
  return {
    ...{ index, train, validation, test, embargo, embargoMs: embargo.ms },
    purged: aroundTest.purged + purged,
    embargoed: aroundTest.embargoed + embargoed,
  }
}

function joined(parts: readonly Int32Array[]): Int32Array {
  const all = new Int32Array(parts.reduce((sum, part) => sum + part.length, 0))
  let at = 0
  for (const part of parts) {
    all.set(part, at)
    at += part.length
  }
  return all
}
