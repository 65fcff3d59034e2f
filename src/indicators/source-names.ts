import type { Column, Operator } from './column.js'

/** Names of the sources that columns are computed from, in the order in which they are met. */
export function sourceNames(columns: readonly Column[]): string[] {
  const seen = new Set<string>()
  const names: string[] = []
  const visit = ({ key, source, inputs }: Operator): void => {
    if (seen.has(key)) return
    seen.add(key)
    if (source !== undefined) names.push(source)
    for (const input of inputs) visit(input.operator)
  }
  for (const { operator } of columns) visit(operator)
  return names
}
