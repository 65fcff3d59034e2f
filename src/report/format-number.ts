/**
 * A number as a person reads it: whole numbers with thousands separated, others with `digits` significant digits (default 4) and no needless
 * exponent; tiny and huge ones in scientific notation. NaN is 'n/a'. Independent of the machine's locale.
 */
export function formatNumber(value: number, digits = 4): string {
  if (Number.isNaN(value)) return 'n/a'
  if (!Number.isFinite(value)) return value > 0 ? '∞' : '−∞'
  const size = Math.abs(value)
  if (size !== 0 && (size < 1e-4 || size >= 1e12)) return signed(value.toExponential(Math.max(0, digits - 1)))
  if (Number.isInteger(value)) return signed(group(String(value)))
  const decimals = Math.max(0, digits - 1 - Math.floor(Math.log10(size)))
  return signed(group(value.toFixed(Math.min(decimals, 20))))
}

/** A number of things, in prose: `1 bar`, `12,034 bars`. @param one the thing's name, which becomes plural by an s */
export const counted = (count: number, one: string): string => `${formatNumber(count)} ${one}${count === 1 ? '' : 's'}`

/** A true minus sign, as wide as a plus. */
const signed = (text: string): string => text.replace(/^-/, '−')

function group(text: string): string {
  const [whole, fraction] = text.split('.')
  const grouped = whole!.replace(/\B(?=(\d{3})+(?!\d))/g, ',')
  return fraction === undefined ? grouped : `${grouped}.${fraction}`
}
