import { describe, expect, it } from 'vitest'
import { market, range } from '../../../test/fixtures/market.js'
import { xgboostLibraryPath } from '../../native/xgboost/index.js'
import { createXgboostModel } from './xgboost.js'
import { chooseXgboostDevice, confirmXgboostDevice, xgboostFacts } from './xgboost-device.js'

const ready = xgboostLibraryPath() !== undefined && !xgboostFacts().cudaBuild
if (!ready)
  process.stderr.write('The refusal of a card is skipped: no Python environment (npm run setup), or its XGBoost is built for cards\n')

describe('the device of XGBoost', () => {
  const cudaBuild = { cudaBuild: true, card: true }
  it('is a card only where library and machine have one; a refusal, not a silent CPU', () => {
    const auto = { device: 'auto', requireDevice: false } as const
    expect(chooseXgboostDevice(auto, { cudaBuild: true, card: false })).toEqual({ asked: 'cpu' })
    expect(chooseXgboostDevice(auto, cudaBuild)).toEqual({ asked: 'cuda' })
    expect(chooseXgboostDevice(auto, { cudaBuild: false, card: true }).warning).toMatch(/built for the CPU alone.*: the fit ran on the CPU/)
    expect(chooseXgboostDevice({ device: 'cpu', requireDevice: true }, cudaBuild)).toEqual({ asked: 'cpu' })
    for (const facts of [
      { cudaBuild: false, card: true },
      { cudaBuild: true, card: false },
    ])
      expect(() => chooseXgboostDevice({ device: 'cuda', requireDevice: false }, facts)).toThrow(
        expect.objectContaining({ code: 'device-not-available' }),
      )
    const required = { device: 'auto', requireDevice: true } as const
    expect(() => chooseXgboostDevice(required, { cudaBuild: false, card: true })).toThrow(
      expect.objectContaining({ code: 'device-not-available' }),
    )
  })

  it('is confirmed by what the library says after the first round', () => {
    const auto = { device: 'auto', requireDevice: false } as const
    expect(confirmXgboostDevice(auto, 'cuda', 'cuda:0')).toBeUndefined()
    expect(confirmXgboostDevice(auto, 'cpu', 'cpu')).toBeUndefined()
    expect(confirmXgboostDevice(auto, 'cuda', 'cpu')).toBe('XGBoost fell back from cuda to cpu: the fit ran there.')
    for (const strict of [
      { device: 'cuda', requireDevice: false },
      { device: 'auto', requireDevice: true },
    ] as const)
      expect(() => confirmXgboostDevice(strict, 'cuda', 'cpu')).toThrow(
        expect.objectContaining({ code: 'device-not-available', received: 'XGBoost fell back from cuda to cpu' }),
      )
  })

  it.skipIf(!ready)('of a library for the CPU is never cuda', async () => {
    const { X, y } = market(300, 3)
    const input = { X, y, train: range(0, 200), validation: range(200, 300), seed: 7, threads: 1 }
    const model = createXgboostModel({}, { device: 'cuda', requireDevice: false })
    await expect(model.fit(input)).rejects.toMatchObject({ code: 'device-not-available' })
  })
})
