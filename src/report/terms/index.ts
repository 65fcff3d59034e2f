import type { GlossaryEntry } from '../report-spec.js'
import { resourceTerms } from './resource-terms.js'
import { scoreTerms } from './score-terms.js'
import { studyTerms } from './study-terms.js'
import { tradingTerms } from './trading-terms.js'
import { validationTerms } from './validation-terms.js'

/** What every number of every page means. A page shows those of its own words: see `ReportSpec.glossary`. */
export const reportTerms: readonly GlossaryEntry[] = [...scoreTerms, ...tradingTerms, ...validationTerms, ...studyTerms, ...resourceTerms]
