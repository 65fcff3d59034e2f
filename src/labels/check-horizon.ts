import { LabError } from '../core/index.js'

/** @throws LabError `bad-horizon` for anything but a whole number of bars, 1 or more; `too-few-bars` where no bar has another one a horizon later. */
export function checkHorizon(horizonBars: number, bars: number): void {
  if (!Number.isInteger(horizonBars) || horizonBars < 1)
    throw new LabError('bad-horizon', 'The horizon is not a number of bars.', {
      received: String(horizonBars),
      expected: 'a whole number, 1 or more',
      help: 'for example horizonBars: 12 (in the direction notebook: -p horizon=1)',
    })
  if (bars <= horizonBars)
    throw new LabError('too-few-bars', 'No bar has another one a horizon later.', {
      received: `${bars} bars`,
      expected: `more than the horizon of ${horizonBars} bars`,
      help: 'use more history or a shorter horizon',
    })
}
