import { displayPath, EXIT, LabError } from '../core/index.js'

/** How a CSV text is written, found from its beginning. */
export interface CsvDialect {
  readonly delimiter: string
  /** Physical lines before the first row. */
  readonly skipLines: number
  /** Lines of these that are not the header: preamble, units, a second header line. */
  readonly skipped: readonly string[]
  readonly header: readonly string[]
  /** The first rows of values as text. */
  readonly sample: readonly (readonly string[])[]
}

/** What stands for a missing value. */
export const MISSING_WORDS: ReadonlySet<string> = new Set(['', 'null', 'NULL', 'NaN', 'nan', 'NA', 'N/A', 'n/a', 'None', '-', '#N/A'])

const DELIMITERS = [',', ';', '\t', '|'] as const
const SAMPLE_ROWS = 400

/** Splits one line; doubled quotes inside quotes are one quote. */
export function splitCsvLine(line: string, delimiter: string): string[] {
  if (!line.includes('"')) return line.split(delimiter)
  const fields: string[] = []
  let field = ''
  let quoted = false
  for (let i = 0; i < line.length; i++) {
    const c = line[i]!
    if (quoted) {
      if (c !== '"') field += c
      else if (line[i + 1] === '"') field += line[++i]!
      else quoted = false
    } else if (c === '"') quoted = true
    else if (c === delimiter) {
      fields.push(field)
      field = ''
    } else field += c
  }
  fields.push(field)
  return fields
}

const looksLikeValue = (field: string): boolean => /^\s*[-+$€£]?\s*[\d.,:/\- ]*\d[\d.,:/\-+TZ ]*(e[-+]?\d+)?\s*([AP]M)?\s*$/i.test(field)

const isFilled = (field: string): boolean => !MISSING_WORDS.has(field.trim())

/** True for a line of values: at least half of its filled fields are numbers or times. */
function isValueLine(fields: readonly string[]): boolean {
  const filled = fields.filter(isFilled)
  return filled.length > 0 && filled.filter(looksLikeValue).length * 2 >= filled.length
}

const isTitleLine = (fields: readonly string[]): boolean => !fields.some((field) => isFilled(field) && looksLikeValue(field))

const knownNames = (fields: readonly string[]): number =>
  fields.filter((field) => /open|high|low|close|volume|time|date|symbol/i.test(field)).length

/**
 * Finds delimiter, preamble and header. The delimiter is the one that cuts most of the lines into the same number (three or more) of fields;
 * the header is, of the lines of that many fields before the first values and without any value in them, the one with the most familiar names
 * (yfinance writes three such lines), else the last.
 * @param text the beginning of the file; @param whole false when it was cut off, so that its last line may be torn.
 * @throws LabError `not-a-table`, `no-rows` (header only), `no-header`
 */
export function detectCsvDialect(text: string, whole: boolean, path: string): CsvDialect {
  const lines = text.replace(/^\uFEFF/, '').split(/\r\n|\n|\r/)
  if (!whole || lines.at(-1) === '') lines.pop()
  const looked = lines.slice(0, SAMPLE_ROWS).filter((line) => line.trim() !== '')
  const best = DELIMITERS.map((delimiter) => ({ delimiter, ...commonWidth(looked, delimiter) })).reduce((a, b) =>
    b.width >= 3 && (a.width < 3 || b.lines > a.lines || (b.lines === a.lines && b.width > a.width)) ? b : a,
  )
  if (best.width < 3) throw tooFewColumns(path, looked[0] ?? '') ?? notATable(path, looked[0] ?? '')
  const rows = lines.map((line) => splitCsvLine(line, best.delimiter))
  const fits = (row: readonly string[]): boolean => row.length === best.width
  const firstValues = rows.findIndex((row) => fits(row) && isValueLine(row))
  const titles = [...rows.keys()].filter((i) => (firstValues < 0 || i < firstValues) && fits(rows[i]!) && isTitleLine(rows[i]!))
  const headerAt = titles.reduce((best, i) => (best < 0 || knownNames(rows[i]!) >= knownNames(rows[best]!) ? i : best), -1)
  const skipLines = (titles.at(-1) ?? 0) + 1
  if (firstValues < 0 && (headerAt < 0 || rows.filter(fits).length > 1)) throw notATable(path, looked[0] ?? '')
  if (headerAt < 0) throw noHeader(path, lines[firstValues]!, best.width)
  if (firstValues < 0)
    throw new LabError('no-rows', 'The file has a header but no bars below it.', {
      received: `${displayPath(path)}: ${lines[headerAt]!.slice(0, 120)}`,
      expected: 'at least two bars',
      help: 'check that the download was complete',
    })
  return {
    delimiter: best.delimiter,
    skipLines,
    skipped: lines.slice(0, skipLines).filter((line, i) => i !== headerAt && line.trim() !== ''),
    header: rows[headerAt]!.map((name) => name.trim()),
    sample: rows.slice(skipLines, skipLines + SAMPLE_ROWS).filter(fits),
  }
}

/** A table of two columns, such as date and close, is no rubbish: it lacks prices. */
function tooFewColumns(path: string, firstLine: string): LabError | undefined {
  const names = DELIMITERS.map((delimiter) => splitCsvLine(firstLine, delimiter)).find(
    (fields) => fields.length === 2 && isTitleLine(fields),
  )
  const known = new Set(names?.map((name) => name.trim().toLowerCase()))
  const missing = ['open', 'high', 'low', 'close'].filter((price) => !known.has(price))
  if (names === undefined || missing.length === 4) return undefined
  return new LabError('missing-columns', `No column for ${missing.join(', ')} was found.`, {
    received: `${displayPath(path)} with columns ${names.map((name) => JSON.stringify(name.trim())).join(', ')}`,
    expected: 'columns for time, open, high, low and close',
    help: 'take a file of bars: a close alone has no range and no fill prices',
    exitCode: EXIT.usage,
  })
}

function notATable(path: string, firstLine: string): LabError {
  return new LabError('not-a-table', 'The text is not a table of bars.', {
    received: `${displayPath(path)}, beginning "${firstLine.slice(0, 60)}"`,
    expected: 'lines of values separated by comma, semicolon, tab or |, under a header such as time,open,high,low,close,volume',
    help: 'give the path of a CSV or Parquet file',
  })
}

function commonWidth(lines: readonly string[], delimiter: string): { width: number; lines: number } {
  const counts = new Map<number, number>()
  for (const line of lines) {
    const width = splitCsvLine(line, delimiter).length
    counts.set(width, (counts.get(width) ?? 0) + 1)
  }
  let best = { width: 0, lines: 0 }
  for (const [width, count] of counts) if (width >= 3 && count > best.lines) best = { width, lines: count }
  return best
}

function noHeader(path: string, firstLine: string, width: number): LabError {
  return new LabError('no-header', 'The file has no header line, so its columns have no names.', {
    received: `${displayPath(path)}, beginning "${firstLine.slice(0, 80)}"`,
    expected: `a first line that names the ${width} columns, for example time,open,high,low,close,volume`,
    help: `put one in front: sed -i '1i time,open,high,low,close,volume' ${JSON.stringify(path)}`,
  })
}

/** How numbers are written. */
export interface NumberStyle {
  readonly decimalComma: boolean
  /** Groups of three digits are set apart: 1,234.5 (or 1.234,5 with a decimal comma). */
  readonly grouped: boolean
  readonly currency: boolean
}

/** Finds how the given values (of price columns) are written. A lone `1,234` counts as a decimal comma only where the delimiter cannot be a comma. */
export function detectNumberStyle(values: readonly string[], delimiter: string): NumberStyle {
  const filled = values.map((value) => value.trim()).filter((value) => value !== '')
  const plain = filled.map((value) => value.replace(/^[$€£]\s*/, ''))
  const some = (pattern: RegExp): boolean => plain.some((value) => pattern.test(value))
  const groupedPoint = some(/^-?\d{1,3}(,\d{3})+\.\d+$/)
  const groupedComma = some(/^-?\d{1,3}(\.\d{3})+,\d+$/)
  const decimalComma = groupedComma || (delimiter !== ',' && !groupedPoint && some(/^-?\d+,\d+$/) && !some(/\./))
  return {
    decimalComma,
    grouped: groupedPoint || groupedComma || (!decimalComma && some(/^-?\d{1,3}(,\d{3})+$/)),
    currency: filled.some((value) => /^[$€£]/.test(value)),
  }
}
