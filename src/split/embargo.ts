import { inspect } from 'node:util'
import { badSplit } from './bad-split.js'

/**
 * How far training rows stay away from test rows beyond what purging drops: a time (counted over gaps: a closed weekend is 2 days), a number of bars
 * (a closed weekend is none), or none at all.
 */
export type Embargo = { readonly minutes: number; readonly bars?: never } | { readonly bars: number; readonly minutes?: never } | 'none'

/** The embargo that folds were cut with, and why that one. */
export interface EmbargoInForce {
  /** Undefined: nothing was asked for. */
  readonly asked: Embargo | undefined
  /** Milliseconds; 0 where bars are counted or there is none. */
  readonly ms: number
  /** Bars; 0 where time is counted or there is none. */
  readonly bars: number
  readonly why: 'asked for' | 'label horizon'
}

/** Length of a label, the least embargo that is taken without being asked to go below it. */
export interface LabelHorizon {
  /** Nominal length of a label: horizon in bars x length of a bar. */
  readonly horizonMs: number
  /** The same in bars; needed beside an embargo in bars. */
  readonly horizonBars?: number
}

/**
 * The larger of what is asked for and the label's horizon; without any only for `'none'`. An embargo in bars is compared with the horizon in bars.
 * @throws LabError `bad-split`
 */
export function embargoInForce(asked: Embargo | undefined, horizon: LabelHorizon): EmbargoInForce {
  checkEmbargo(asked, horizon)
  if (asked === 'none') return { asked, ms: 0, bars: 0, why: 'asked for' }
  if (asked?.bars !== undefined) {
    const least = horizon.horizonBars!
    return { asked, ms: 0, bars: Math.max(asked.bars, least), why: asked.bars >= least ? 'asked for' : 'label horizon' }
  }
  const ms = Math.round((asked?.minutes ?? -1) * 60_000)
  return { asked, ms: Math.max(ms, horizon.horizonMs), bars: 0, why: ms >= horizon.horizonMs ? 'asked for' : 'label horizon' }
}

function checkEmbargo(asked: Embargo | undefined, { horizonMs, horizonBars }: LabelHorizon): void {
  if (!(horizonMs >= 0 && Number.isFinite(horizonMs)))
    throw badSplit(`horizonMs ${horizonMs}`, 'milliseconds, 0 or more', 'give labels.horizonBars * bars.timeframeMs')
  if (horizonBars !== undefined && !(Number.isInteger(horizonBars) && horizonBars >= 0))
    throw badSplit(`horizonBars ${horizonBars}`, 'a whole number of bars, 0 or more', 'give labels.horizonBars')
  if (asked === undefined || asked === 'none') return
  const example = "for example embargo: { minutes: 30 }, { bars: 12 } or 'none'"
  const { minutes, bars } = (typeof asked === 'object' ? (asked ?? {}) : {}) as { minutes?: unknown; bars?: unknown }
  if ((minutes === undefined) === (bars === undefined))
    throw badSplit(`embargo ${JSON.stringify(asked)}`, "minutes or bars, not both, or 'none'", example)
  const amount = minutes ?? bars
  if (typeof amount !== 'number' || !(amount >= 0 && Number.isFinite(amount)) || (minutes === undefined && !Number.isInteger(amount)))
    throw badSplit(
      `embargo of ${inspect(amount)} ${minutes === undefined ? 'bars' : 'minutes'}`,
      'a number of minutes, or a whole number of bars, 0 or more',
      example,
    )
  if (bars !== undefined && horizonBars === undefined)
    throw badSplit('an embargo in bars, no horizonBars', "the label's horizon in bars beside it", 'add horizonBars: labels.horizonBars')
}

const count = (amount: number, unit: string): string => `${amount} ${unit}${amount === 1 ? '' : 's'}`

/** What was asked for, in words; empty where nothing was. */
export function askedText(asked: Embargo | undefined): string {
  if (asked === undefined || asked === 'none') return asked ?? ''
  return asked.bars === undefined ? count(asked.minutes, 'minute') : count(asked.bars, 'bar')
}

/** What is in force, in words. */
export function inForceText({ ms, bars }: Pick<EmbargoInForce, 'ms' | 'bars'>): string {
  if (bars > 0) return count(bars, 'bar')
  return ms > 0 ? count(ms / 60_000, 'minute') : 'no embargo'
}

/** Why this embargo is in force, in words: 'asked for', 'label horizon', 'label horizon, longer than the 30 minutes asked for'. */
export function whyText({ asked, why, ms, bars }: EmbargoInForce): string {
  if (why === 'asked for') return why
  if (asked === undefined) return ms + bars > 0 ? why : 'label horizon of 0'
  return `label horizon, longer than the ${askedText(asked)} asked for`
}

/** In force and why, as one line: 'no embargo: asked for', 'embargo of 60 minutes: label horizon, longer than the 30 minutes asked for'. */
export function embargoNote(embargo: EmbargoInForce): string {
  return `${embargo.ms + embargo.bars > 0 ? 'embargo of ' : ''}${inForceText(embargo)}: ${whyText(embargo)}`
}
