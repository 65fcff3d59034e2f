import { randomUUID } from 'node:crypto'
import { isAlive, processIdentity, type ProcessIdentity } from '../core/index.js'

/** Who works on a trial: a process, and which of its openings of the study. */
export interface TrialOwner {
  readonly process: ProcessIdentity
  readonly session: string
}

const openSessions = new Set<string>()

export function openSession(): TrialOwner {
  const owner = { process: processIdentity(), session: randomUUID() }
  openSessions.add(owner.session)
  return owner
}

export const closeSession = ({ session }: TrialOwner): boolean => openSessions.delete(session)

/** True where nobody works on the trial any more: let go of, left by an opening of this process that is closed, or by a process of this machine that has ended. */
export function isAbandoned(owner: TrialOwner | null): boolean {
  if (owner === null) return true
  const mine = processIdentity()
  const isMine = owner.process.pid === mine.pid && owner.process.startTicks === mine.startTicks && owner.process.host === mine.host
  return isMine ? !openSessions.has(owner.session) : !isAlive(owner.process)
}
