/** Edits between two words (optimal string alignment): insert, delete, replace, swap of neighbours. */
function editDistance(a: string, b: string): number {
  let before: number[] = []
  let previous = Array.from({ length: b.length + 1 }, (_, j) => j)
  for (let i = 1; i <= a.length; i++) {
    const row = [i]
    for (let j = 1; j <= b.length; j++) {
      const same = a[i - 1] === b[j - 1]
      row[j] = Math.min(previous[j]! + 1, row[j - 1]! + 1, previous[j - 1]! + (same ? 0 : 1))
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]) row[j] = Math.min(row[j]!, before[j - 2]! + 1)
    }
    before = previous
    previous = row
  }
  return previous[b.length]!
}

/**
 * The accepted name that a misspelt one most likely meant; undefined where none is near (more than a third of the letters differ, 2 edits always allowed for words of 4 or more).
 * Case, hyphens and underscores do not count. The first of equally near ones wins.
 */
export function nearestName(given: string, accepted: readonly string[]): string | undefined {
  const plain = (word: string): string => word.toLowerCase().replace(/[-_ ]/g, '')
  const word = plain(given)
  let best: string | undefined
  let bestDistance = Math.max(word.length < 4 ? 1 : 2, Math.floor(word.length / 3)) + 1
  for (const name of accepted) {
    const distance = editDistance(word, plain(name))
    if (distance < bestDistance) {
      best = name
      bestDistance = distance
    }
  }
  return best
}
