import { escapeHtml, LabError } from '../core/index.js'
import { figureHtml, PLOT_KEYS } from './figure-html.js'
import type { Figure } from './figure.js'
import { formatNumber } from './format-number.js'
import { makeGlossary, type Glossary } from './glossary.js'
import { linkedTableHtml } from './linked-table.js'
import { figureData, pageScript, pageStyle, plotlySource } from './page-parts.js'
import { inlineHtml, paragraphHtml } from './prose.js'
import type { GlossaryEntry, ReportSection, ReportSpec, ReportVerdict } from './report-spec.js'

/** Whatever the page holds, the browser fetches nothing: it must open offline and tell nobody. */
const POLICY =
  "default-src 'none'; script-src 'unsafe-inline'; style-src 'unsafe-inline'; img-src data: blob:; base-uri 'none'; form-action 'none'"

const BADGES: Record<ReportVerdict['kind'], string> = {
  edge: 'Edge found',
  'no-edge': 'No edge found',
  'edge-fails-gates': 'Gates failed',
  'edge-lost-to-fees': 'Edge lost to fees',
  failed: 'Failed',
  comparison: 'Comparison',
}

/**
 * The whole report as one HTML page, plotly.js included. The same spec gives the same text.
 * @throws LabError `duplicate-anchor` when two sections or figures have one name.
 */
export function reportHtml(spec: ReportSpec): string {
  const glossary = makeGlossary(spec.glossary ?? [])
  const figures = spec.sections.flatMap((section) => section.figures ?? [])
  checkAnchors(spec, figures)
  const summary = summaryHtml(spec, glossary)
  const sections = spec.sections.map((section) => sectionHtml(section, glossary)).join('\n')
  const body = summary + sections
  const used = glossary.entries.filter((entry) => body.includes(`href="#${glossary.anchor(entry)}"`))
  const contents = [
    ...spec.sections.map(({ id, title }) => ({ id, title })),
    ...(used.length > 0 ? [{ id: 'definitions', title: 'Definitions' }] : []),
  ]
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${POLICY}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="generator" content="Barlab">
<title>${escapeHtml(spec.title)}</title>
<link rel="icon" href="data:,">
<style>
${pageStyle()}</style>
</head>
<body>
<a class="skip" href="#main">Skip to the report</a>
<header>
<h1>${escapeHtml(spec.title)}</h1>
${spec.subtitle === undefined ? '' : `<p class="subtitle">${escapeHtml(spec.subtitle)}</p>`}
</header>
<main id="main" tabindex="-1">
${summary}
<nav aria-label="Contents"><ol>${contents.map(({ id, title }) => `<li><a href="#${id}">${escapeHtml(title)}</a></li>`).join('')}</ol></nav>
${sections}
${used.length > 0 ? definitionsHtml(used, glossary) : ''}
${figures.length === 0 ? '' : PLOT_KEYS}
</main>
<footer>${spec.generatedAt === undefined ? '' : `<p>Generated at ${escapeHtml(spec.generatedAt)}.</p>`}</footer>
<script type="application/json" id="figures">${figureData(figures)}</script>
<script>${plotlySource()}</script>
<script>
${pageScript()}</script>
</body>
</html>
`
}

function checkAnchors(spec: ReportSpec, figures: readonly Figure[]): void {
  const anchors = [
    ...spec.sections.map((section) => section.id),
    ...figures.map((shown) => `figure-${shown.name}`),
    'definitions',
    'main',
    'summary',
    'figures',
    'plot-keys',
  ]
  const duplicate = anchors.find((anchor, i) => anchors.indexOf(anchor) !== i)
  if (duplicate !== undefined)
    throw new LabError('duplicate-anchor', 'Two parts of the report have one name.', {
      received: duplicate,
      expected: 'a different id for each section and a different name for each figure',
      help: 'rename one of them',
    })
  const bad = spec.sections.find((section) => !/^[a-z0-9]+(-[a-z0-9]+)*$/.test(section.id))
  if (bad !== undefined)
    throw new LabError('bad-anchor', 'A section needs an id that can be an anchor.', {
      received: JSON.stringify(bad.id),
      expected: 'lower case letters, digits and single hyphens',
      help: 'change the id of the section',
    })
}

function summaryHtml(spec: ReportSpec, glossary: Glossary): string {
  const { kind, headline, sentences } = spec.verdict
  const facts = spec.facts.map(([label, value]) => {
    const entry = glossary.find(label)
    const text = typeof value === 'number' ? formatNumber(value) : value
    const name = entry === undefined ? escapeHtml(label) : glossary.link(label, entry, true)
    const shown = entry === undefined ? escapeHtml(text) : glossary.link(text, entry, false)
    return `<tr><th scope="row">${name}</th><td>${shown}</td></tr>`
  })
  return `<section id="summary" class="verdict ${kind}" aria-labelledby="verdict-headline">
<p class="badge">${BADGES[kind]}</p>
<h2 id="verdict-headline">${escapeHtml(headline)}</h2>
${sentences.map((sentence) => `<p>${inlineHtml(sentence, glossary)}</p>`).join('\n')}
${facts.length === 0 ? '' : `<div class="scroll" tabindex="0" role="group" aria-label="Key figures, table"><table class="facts"><caption>Key figures</caption><tbody>${facts.join('')}</tbody></table></div>`}
</section>`
}

function sectionHtml(section: ReportSection, glossary: Glossary): string {
  const tables = (section.tables ?? []).map(
    (shown) =>
      `<div class="scroll" tabindex="0" role="group" aria-label="${escapeHtml(shown.title ?? section.title)}, table">${linkedTableHtml(shown, glossary)}</div>`,
  )
  const figures = (section.figures ?? []).map((shown) => figureHtml(shown, glossary))
  return `<section id="${section.id}" aria-labelledby="${section.id}-title">
<h2 id="${section.id}-title">${escapeHtml(section.title)}</h2>
${(section.paragraphs ?? []).map((text) => paragraphHtml(text, glossary)).join('\n')}
${tables.join('\n')}
${figures.length === 0 ? '' : `<div class="figures per-row-${section.figuresPerRow ?? 1}">${figures.join('\n')}</div>`}
</section>`
}

function definitionsHtml(used: readonly GlossaryEntry[], glossary: Glossary): string {
  const entries = [...used]
    .sort((a, b) => (a.term.toLowerCase() < b.term.toLowerCase() ? -1 : 1))
    .map((entry) => {
      const aliases =
        entry.aliases === undefined || entry.aliases.length === 0
          ? ''
          : ` <span class="aliases">(${escapeHtml(entry.aliases.join(', '))})</span>`
      return `<dt id="${glossary.anchor(entry)}" tabindex="-1">${escapeHtml(entry.term)}${aliases}</dt><dd>${escapeHtml(entry.definition)}</dd>`
    })
  return `<section id="definitions" aria-labelledby="definitions-title">
<h2 id="definitions-title">Definitions</h2>
<dl>${entries.join('\n')}</dl>
</section>`
}
