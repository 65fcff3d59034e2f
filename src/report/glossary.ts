import { escapeHtml } from '../core/index.js'
import type { GlossaryEntry } from './report-spec.js'
import { slug } from './slug.js'

/** Finds terms in texts and links them to their definitions. */
export interface Glossary {
  readonly entries: readonly GlossaryEntry[]
  anchor(entry: GlossaryEntry): string
  /** The entry that a label or heading begins with ('AUC (95 %)' begins with AUC), undefined where none does. */
  find(label: string): GlossaryEntry | undefined
  /** Escaped text in which the first mention of each term is a link. */
  linkText(text: string): string
  /** Escaped text as a link to an entry. `inTabOrder` false for the many numbers below a linked heading. */
  link(text: string, entry: GlossaryEntry, inTabOrder: boolean): string
}

export function makeGlossary(entries: readonly GlossaryEntry[]): Glossary {
  const words = entries
    .flatMap((entry) => [entry.term, ...(entry.aliases ?? [])].map((word) => ({ word, entry })))
    .filter(({ word }) => word !== '')
    .sort((a, b) => b.word.length - a.word.length)
  const byWord = new Map(words.map(({ word, entry }) => [word.toLowerCase(), entry]))
  const pattern = (of: typeof words): string => of.map(({ word }) => word.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')).join('|')
  const inTexts = words.filter(({ entry }) => entry.onlyLabels !== true)
  const anywhere = new RegExp(`(?<![\\p{L}\\d_])(?:${pattern(inTexts)})(?![\\p{L}\\d_])`, 'giu')
  const atStart = new RegExp(`^(?:${pattern(words)})(?![\\p{L}\\d_])`, 'iu')
  const anchor = (entry: GlossaryEntry): string => `term-${slug(entry.term)}`
  const link = (text: string, entry: GlossaryEntry, inTabOrder: boolean): string =>
    `<a class="term" href="#${anchor(entry)}"${inTabOrder ? '' : ' tabindex="-1"'}>${escapeHtml(text)}</a>`
  return {
    entries,
    anchor,
    link,
    find: (label) => (words.length === 0 ? undefined : byWord.get(atStart.exec(label.trim())?.[0].toLowerCase() ?? '')),
    linkText(text) {
      if (inTexts.length === 0) return escapeHtml(text)
      const linked = new Set<GlossaryEntry>()
      let html = ''
      let from = 0
      for (const match of text.matchAll(anywhere)) {
        const entry = byWord.get(match[0].toLowerCase())!
        const at = match.index ?? 0
        html += escapeHtml(text.slice(from, at))
        html += linked.has(entry) ? escapeHtml(match[0]) : link(match[0], entry, true)
        linked.add(entry)
        from = at + match[0].length
      }
      return html + escapeHtml(text.slice(from))
    },
  }
}
