/** Exit codes of every door. 75 is EX_TEMPFAIL of sysexits.h: the same command with --resume goes on. */
export const EXIT = { ok: 0, failed: 1, usage: 2, skipped: 3, interrupted: 75 } as const
export type ExitCode = (typeof EXIT)[keyof typeof EXIT]
