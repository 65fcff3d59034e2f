import { expect, it } from 'vitest'
import { utcTime, utcTimes } from './utc-time.js'

it('writes the shortest UTC text that still names the moment', () => {
  expect(
    utcTimes([Date.UTC(2019, 2, 1), Date.UTC(2019, 2, 1, 13), Date.UTC(2019, 2, 1, 13, 0, 5), Date.UTC(2019, 2, 1, 13, 0, 5, 7), NaN]),
  ).toEqual(['2019-03-01', '2019-03-01 13:00', '2019-03-01 13:00:05', '2019-03-01 13:00:05.007', null])
  expect(Date.parse(`${utcTime(1514764800000 + 5400000).replace(' ', 'T')}Z`)).toBe(1514764800000 + 5400000)
})
