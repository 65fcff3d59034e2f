import { z } from 'zod'

export const doctorCheckSchema = z.object({
  name: z.string(),
  /** problem: the main job cannot run or its numbers are wrong; warning: it runs, slower or with less; note: a fact. */
  status: z.enum(['ok', 'note', 'warning', 'problem']),
  value: z.string(),
  /** The command or action that cures it; there with every warning and problem. */
  cure: z.string().optional(),
})

/** What `npm run doctor -- --json` prints. */
export const doctorReportSchema = z.object({
  /** False where at least one check is a problem. */
  ok: z.boolean(),
  checks: z.array(doctorCheckSchema),
})

export type DoctorCheck = z.infer<typeof doctorCheckSchema>
export type DoctorReport = z.infer<typeof doctorReportSchema>

const MARKS: Record<DoctorCheck['status'], string> = { ok: 'ok  ', note: '-   ', warning: 'WARN', problem: 'FAIL' }

/** The report as a table for a terminal; a cure stands below its check. */
export function formatDoctorReport({ ok, checks }: DoctorReport): string {
  const width = Math.max(...checks.map(({ name }) => name.length))
  const indent = ' '.repeat(width + 7)
  const lines = checks.flatMap(({ name, status, value, cure }) => [
    `${MARKS[status]} ${name.padEnd(width)}  ${value.split('\n').join(`\n${indent}`)}`,
    ...(cure === undefined ? [] : [`${indent}next: ${cure}`]),
  ])
  const counted = (status: DoctorCheck['status']): number => checks.filter((check) => check.status === status).length
  const [problems, warnings] = [counted('problem'), counted('warning')]
  const verdict = ok
    ? `The main job can run${warnings > 0 ? `; ${warnings} ${warnings === 1 ? 'thing' : 'things'} could be better` : ''}.`
    : `The main job cannot run: ${problems} ${problems === 1 ? 'problem' : 'problems'}.`
  return [...lines, '', verdict].join('\n')
}
