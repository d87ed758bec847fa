import type { Sample } from '../run/sample.ts'
import type { Gauge } from './gauge.ts'

/** A row of the table: what was tried, what came of it, and what was allowed. */
export interface Finding {
  attack: string
  figure: string
  bound: string
  ok: boolean
  /** Whether the figure depends on how fast the machine is, and on what else it does. */
  timed?: boolean
}

/** One class of attacks. It starts its own server. */
export interface Attack {
  name: string
  run(options: AttackOptions): Promise<Finding[]>
}

export interface AttackOptions {
  /** Small numbers, for a test that runs on every change. */
  short: boolean
  /** Photos, a selfie and nets for the servers. */
  sample: Sample
}

/** How often each answer came, such as `32 × 400, 1 × 503`. */
export function tally(answers: readonly (string | number)[]): string {
  const groups = [...Map.groupBy(answers, String)].sort(([a], [b]) => a.localeCompare(b))
  return groups.map(([answer, all]) => `${all.length} × ${answer}`).join(', ') || 'none'
}

/** A row for the answers that came: each has to be among those allowed, and there has to be one. */
export function answered(
  attack: string,
  answers: readonly (string | number)[],
  allowed: readonly (string | number)[],
): Finding {
  const ok = answers.length > 0 && answers.every((answer) => allowed.map(String).includes(String(answer)))
  return { attack, figure: tally(answers), bound: allowed.join(' or '), ok }
}

const megabytes = (bytes: number) => Math.round(bytes / 2 ** 20)

/** /health at the 99th percentile, which a bare server beside it shows what of is the machine's. */
const HEALTH_BOUND = 100

/** Rows for what the server used while it was attacked. */
export function gauged(
  attack: string,
  gauge: Gauge,
  { growth, cpu }: { growth: number; cpu?: number },
): Finding[] {
  const { health, bare, grown, cpuSeconds } = gauge
  const findings: Finding[] = [
    {
      attack: `${attack}: GET /health, p99`,
      figure: `${Math.round(health)} ms (a bare server ${Math.round(bare)} ms)`,
      bound: `${HEALTH_BOUND} ms more than the bare one`,
      ok: health - bare <= HEALTH_BOUND,
      timed: true,
    },
    {
      attack: `${attack}: memory`,
      figure: `+${megabytes(grown)} MB`,
      bound: `+${megabytes(growth)} MB`,
      ok: grown <= growth,
    },
  ]
  findings.push({
    attack: `${attack}: processor time`,
    figure: `${cpuSeconds.toFixed(1)} s`,
    bound: cpu === undefined ? 'none' : `${cpu} s`,
    ok: cpu === undefined || cpuSeconds <= cpu,
    timed: true,
  })
  return findings
}
