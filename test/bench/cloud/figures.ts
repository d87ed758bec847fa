import { round } from '../measure.ts'
import type { EngineSpeed } from './engine.ts'
import { EMULATION, type Part, PROCESSORS, total } from './processor-time.ts'
import type { Measured } from './scans.ts'

type Figures = Record<string, number | string>

/** What everything but the engine has to do with: pushes, operations, and who takes the processors. */
export function pathFigures(measured: Measured): Figures {
  const { files, seconds, firstSeconds, time, busySeconds, pushes, operations, stored, delays, scans } =
    measured
  const perFile = (number: number, digits = 2) => round(number / files, digits)
  const share = (part: number, whole: number) => round((part / whole) * 100)
  const sent = pushes.delivered + pushes.refused + pushes.failed
  const partsPerFile = Object.entries(time.parts).map(([part, used]) => [
    `processor ms per file, ${part}`,
    round((used / files) * 1000),
  ])
  return {
    'scans at once': scans,
    files,
    'files/s': round(files / seconds),
    'files/s, had no other program run': round(throughput(measured)),
    'first scan ends after, s': round(firstSeconds),
    'all after, s': round(seconds),
    'each instance has a request, % of the time': list(busySeconds.map((busy) => share(busy, seconds))),
    'each instance uses of a processor, %': list(
      [...time.instances.values()].map((used) => share(used, seconds)),
    ),
    pushes: sent,
    'refused, %': share(pushes.refused, sent || 1),
    'failed otherwise': pushes.failed,
    'in backoff, s of all files': round(pushes.backoffMs / 1000),
    'reads, per file': perFile(operations.read + operations.query + operations.count),
    'of them single documents': perFile(operations.read),
    'of them queries and counts': perFile(operations.query + operations.count),
    'reads of listeners, per file': perFile(operations.listen),
    'writes, per file': perFile(operations.write),
    'deletes, per file': perFile(operations.delete),
    'documents left to delete later, per file': perFile(stored),
    'written to received, p50 ms': delays[Math.floor(delays.length * 0.5)] ?? NaN,
    'p99 ms': delays[Math.floor(delays.length * 0.99)] ?? NaN,
    ...Object.fromEntries(partsPerFile),
    'emulators, bridge and clients, % of the processors': share(emulation(measured), PROCESSORS * seconds),
    'others on this machine, % of the processors': share(others(measured), PROCESSORS * seconds),
  }
}

/**
 * The throughput beside that of the engine alone, of what the emulators, the bridge and the clients leave of the processors:
 * they were measured in the same run, process by process. Nothing else is taken off, so the relay, the other functions, idle
 * processors and what face-match does besides analysing count against us.
 *
 * The ratio is in processor time: what the engine alone needs for these files, of all that was there and that no other
 * program took. By the clock it is worth nothing where others use the machine, since they take more from two threads than from
 * the many processes of the emulated cloud.
 */
export function engineFigures(measured: Measured, engine: EngineSpeed): Figures {
  const { files, seconds } = measured
  const all = PROCESSORS * seconds
  const left = all - emulation(measured) - others(measured)
  const byClock = files / seconds / (engine.filesPerSecond * (1 - emulation(measured) / all))
  const quiet = others(measured) < QUIET * all
  return {
    'engine alone, processor ms per file': round(engine.secondsPerFile * 1000),
    'engine alone, files/s': round(engine.filesPerSecond),
    'engine alone on all processors, files/s': round(PROCESSORS / engine.secondsPerFile),
    'of the engine less emulators and bridge': round((files * engine.secondsPerFile) / left, 2),
    'the same by the clock': quiet ? round(byClock, 2) : 'others use the machine',
  }
}

/** Share of the processors that other programs may take while times by the clock are compared. */
const QUIET = 0.05

/** Files per second, with the time that other programs took of the processors left out. */
export function throughput(measured: Measured): number {
  const { files, seconds } = measured
  return (PROCESSORS * files) / (PROCESSORS * seconds - others(measured))
}

const emulation = ({ time }: Measured): number => total(time, EMULATION as Part[])
const others = ({ time }: Measured): number => Math.max(0, time.machine - total(time))
const list = (numbers: number[]): string => numbers.join(', ')
