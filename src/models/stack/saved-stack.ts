import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import type { CalibratorJson } from '../calibrate/calibrator.js'
import type { Model } from '../model.js'
import { readSavedModel, writeSavedModel, type SavedModelHead } from '../saved-model.js'
import type { Combiner } from './combiner.js'
import type { StackKit } from './stack-kit.js'
import type { StackParams } from './stack-params.js'
import { showSummary, type StackFacts, type StackSummary } from './stack-summary.js'

interface SavedStack extends SavedModelHead {
  readonly kind: 'stack'
  readonly params: StackParams
  /** Of blend and vote. */
  readonly weights: readonly number[] | null
  readonly calibrator: CalibratorJson | null
  readonly summary: StackFacts
}

export interface StackToSave extends Omit<SavedStack, 'format' | 'kind'> {
  readonly bases: readonly Model[]
  readonly combiner: Combiner
}

export interface StackParts extends Omit<SavedStack, 'format' | 'kind' | 'summary'> {
  readonly bases: readonly Model[]
  readonly meta: Model | undefined
  readonly summary: StackSummary
}

const baseFolder = (folder: string, j: number): string => join(folder, `base-${j}`)

/** Each base in a folder of its own, a meta-model in `meta`, the stack's own file last: without it there is no model. */
export async function writeStack(folder: string, { bases, combiner, ...saved }: StackToSave): Promise<void> {
  for (const [j, base] of bases.entries()) {
    mkdirSync(baseFolder(folder, j), { recursive: true })
    await base.save(baseFolder(folder, j))
  }
  if (saved.weights === null) mkdirSync(join(folder, 'meta'), { recursive: true })
  await combiner.save(folder)
  writeSavedModel<SavedStack>(folder, { kind: 'stack', ...saved })
}

/** @throws LabError `no-model`, and those of the bases; what was loaded before an error is closed */
export async function readStack(folder: string, kit: StackKit): Promise<StackParts> {
  const { params, weights, calibrator, names, summary } = readSavedModel<SavedStack>(folder)
  const open: Model[] = []
  const load = async (place: string): Promise<Model> => {
    const model = await kit.load(place)
    open.push(model)
    return model
  }
  try {
    const bases: Model[] = []
    for (const j of params.bases.keys()) bases.push(await load(baseFolder(folder, j)))
    const meta = weights === null ? await load(join(folder, 'meta')) : undefined
    return { params, bases, meta, weights, calibrator, names, summary: showSummary(summary) }
  } catch (error) {
    for (const model of open) await model.close()
    throw error
  }
}
