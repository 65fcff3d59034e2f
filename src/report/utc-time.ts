/**
 * Times (ms since the epoch, UTC) as the shortest text that Plotly reads as that moment: '2019-03-01' or '2019-03-01 13:00'.
 * Text, because Plotly shows bare milliseconds in the reader's own time zone. NaN becomes null (a gap).
 */
export function utcTimes(times: ArrayLike<number>): (string | null)[] {
  return Array.from(times, (time) => (Number.isFinite(time) ? utcTime(time) : null))
}

/** One time as in {@link utcTimes}. @throws RangeError when the time is outside what Date can hold. */
export function utcTime(time: number): string {
  const iso = new Date(time).toISOString()
  if (iso.endsWith('T00:00:00.000Z')) return iso.slice(0, -14)
  const shown = iso.endsWith(':00.000Z') ? iso.slice(0, -8) : iso.endsWith('.000Z') ? iso.slice(0, -5) : iso.slice(0, -1)
  return shown.replace('T', ' ')
}

/** Layout of a time axis: UTC said once, in the axis itself. */
export const timeAxis = (title = 'time (UTC)'): Record<string, unknown> => ({ type: 'date', title: { text: title } })
