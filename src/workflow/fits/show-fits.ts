import { showTextTable, withDisplay, type MimeBundle } from '../../core/index.js'
import type { FoldFit } from './fit-options.js'

/** Fits shown; the others are counted. */
const SHOWN = 100

/** Fits that show themselves where a notebook's cell ends with the array: a line each, folds counted from 1. What `map` or `filter` makes of it is a plain array. */
export const showableFits = (fits: FoldFit[]): FoldFit[] => withDisplay(fits, () => bundle(fits))

function bundle(fits: readonly FoldFit[]): MimeBundle {
  const several = fits.some(({ symbol }) => symbol !== undefined)
  const reused = fits.filter((fit) => fit.reused).length
  const lines = fits
    .slice(0, SHOWN)
    .map((fit) => [
      ...(several ? [fit.symbol ?? ''] : []),
      ...[fit.model, String(fit.fold + 1), String(fit.rows.length), `${fit.report.bestStep} of ${fit.report.steps}`],
      ...[fit.seconds.toFixed(1), fit.reused ? 'yes' : '', fit.report.backend, (fit.report.warnings ?? []).join('; ')],
    ])
  return showTextTable({
    title: `${fits.length} fits${reused === 0 ? '' : `, ${reused} reused`}`,
    headings: [...(several ? ['symbol'] : []), 'model', 'fold', 'test rows', 'best step', 'seconds', 'reused', 'computed by', 'warnings'],
    rows: lines,
    notes: fits.length > SHOWN ? [`${fits.length - SHOWN} more fits`] : [],
  })
}
