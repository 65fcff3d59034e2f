import { escapeHtml } from '../core/index.js'
import { figureTitle, type Figure } from './figure.js'
import type { Glossary } from './glossary.js'
import { DEFAULT_HEIGHT } from './picture/render.js'

/** Said once, for every figure of a page. */
export const PLOT_KEYS = '<p id="plot-keys" hidden>Arrow keys move, plus and minus zoom, 0 resets.</p>'

/**
 * A figure as a part of a page: heading, the place it is drawn in, caption, and a panel with its numbers as tables, which the page's script fills when it is opened.
 * A figure whose positions mean nothing by themselves (`layout.meta.numbers` is false) has no panel.
 */
export function figureHtml(shown: Figure, glossary: Glossary): string {
  const height = (shown.layout.height as number | undefined) ?? DEFAULT_HEIGHT
  const title = escapeHtml(figureTitle(shown))
  const id = `figure-${shown.name}`
  const hasNumbers = (shown.layout.meta as { numbers?: boolean } | undefined)?.numbers !== false
  const numbers = hasNumbers
    ? `\n<details class="numbers" data-title="${title}"><summary>Numbers<span class="unseen"> of ${title}</span></summary></details>`
    : ''
  return `<figure id="${id}" aria-labelledby="${id}-title">
<h3 id="${id}-title">${title}</h3>
<div class="plot" data-figure="${shown.name}" style="height:${height}px" role="group" tabindex="0" aria-label="${title}. ${escapeHtml(shown.caption)}" aria-describedby="plot-keys"><noscript>This figure needs JavaScript.</noscript></div>
<figcaption>${glossary.linkText(shown.caption)}</figcaption>${numbers}
</figure>`
}
