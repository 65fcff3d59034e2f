import type { Bars } from '../../data/index.js'
import { defineFeature, type Feature } from '../define-feature.js'
import { rollingMoments, rollingSum } from '../kernels/rolling.js'

/** Some sources write 0 where they have no volume (indices, currencies). */
const withoutVolume = ({ volume }: Bars): string | undefined => (volume.some((v) => v > 0) ? undefined : 'the bars have no volume above 0')

function volumeScore(bars: number): Feature {
  return defineFeature({
    name: `volume_z_${bars}`,
    group: 'volume',
    description: `(volume - mean) / population standard deviation of the last ${bars} bars, this one included; 0 in a flat window.`,
    inputs: ['volume'],
    params: { bars },
    lookback: bars - 1,
    unavailable: withoutVolume,
    compute: ({ volume }) => {
      const { mean, std } = rollingMoments(volume, bars)
      return volume.map((value, i) => (std[i] === 0 ? 0 : (value - mean[i]!) / std[i]!))
    },
  })
}

/**
 * On-balance volume grows with the length of the history; its slope does not. With OBV as a sum of signed volumes d, the least-squares slope over a window is
 * a fixed weighted sum of the d in it, so no level is carried along.
 */
function obvSlope(bars: number): Feature {
  const centre = (bars - 1) / 2
  const spread = (bars * (bars * bars - 1)) / 12
  const weights = new Float64Array(bars)
  for (let j = bars - 1, sum = 0; j >= 1; j--) weights[j] = (sum += j - centre) / spread
  return defineFeature({
    name: `obv_slope_${bars}`,
    group: 'volume',
    description: `Least-squares slope a bar of on-balance volume over ${bars} bars / mean volume of the same bars, about -1..1; 0 without any volume in them.`,
    inputs: ['close', 'volume'],
    params: { bars },
    lookback: bars - 1,
    unavailable: withoutVolume,
    compute: ({ close, volume }) => {
      const signed = volume.map((value, i) => (i === 0 ? 0 : Math.sign(close[i]! - close[i - 1]!) * value))
      const total = rollingSum(volume, bars)
      return total.map((sum, i) => {
        if (Number.isNaN(sum) || sum === 0) return sum
        let slope = 0
        for (let j = 1; j < bars; j++) slope += weights[j]! * signed[i - bars + 1 + j]!
        return slope / (sum / bars)
      })
    },
  })
}

export const volumeFeatures: readonly Feature[] = [volumeScore(24), obvSlope(24)]
