import { escapeHtml } from '../core/index.js'
import type { Glossary } from './glossary.js'

const MARKS = /`([^`]+)`|\*\*([^*]+)\*\*|\[([^\]]+)\]\((#[a-z0-9-]+)\)/g

/** `**bold**`, `` `code` `` and links to anchors of the same page; everything else is escaped, and terms of the glossary are linked. */
export function inlineHtml(text: string, glossary: Glossary): string {
  let html = ''
  let from = 0
  for (const match of text.matchAll(MARKS)) {
    const at = match.index ?? 0
    html += glossary.linkText(text.slice(from, at))
    const [whole, code, bold, words, href] = match
    if (code !== undefined) html += `<code>${escapeHtml(code)}</code>`
    else if (bold !== undefined) html += `<strong>${escapeHtml(bold)}</strong>`
    else html += `<a href="${href!}">${escapeHtml(words!)}</a>`
    from = at + whole.length
  }
  return html + glossary.linkText(text.slice(from))
}

/** One paragraph, or a list where every line begins with "- ". */
export function paragraphHtml(text: string, glossary: Glossary): string {
  const lines = text.split('\n').filter((line) => line.trim() !== '')
  if (lines.length > 0 && lines.every((line) => line.startsWith('- ')))
    return `<ul>${lines.map((line) => `<li>${inlineHtml(line.slice(2), glossary)}</li>`).join('')}</ul>`
  return `<p>${inlineHtml(text, glossary)}</p>`
}
