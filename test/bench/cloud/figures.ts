import { round } from '../measure.ts'
import type { EngineSpeed } from './engine.ts'
import { EMULATION, type Part, PROCESSORS, total } from './processor-time.ts'
import { type Measured, perSecond } from './scans.ts'

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
    'files/s': perSecond(measured),
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
 * they were measured in the same run, process by process. Nothing else is taken off, so the relay, the other functions and
 * what face-match does besides analysing count against us.
 *
 * Where other programs use the machine, the ratio of the throughputs is worth little. The one in processor time leaves out
 * what they took: the time that the engine alone needs for these files, of the time that was there.
 */
export function engineFigures(measured: Measured, engine: EngineSpeed): Figures {
  const { files, seconds } = measured
  const free = 1 - emulation(measured) / (PROCESSORS * seconds)
  const processors = PROCESSORS * seconds - emulation(measured) - others(measured)
  return {
    'engine alone, files/s': round(engine.filesPerSecond),
    'engine alone, processor ms per file': round(engine.secondsPerFile * 1000),
    'share of the engine': round(files / seconds / engine.filesPerSecond, 2),
    'share of the engine less emulators and bridge': round(
      files / seconds / (engine.filesPerSecond * free),
      2,
    ),
    'the same in processor time': round((files * engine.secondsPerFile) / processors, 2),
  }
}

const emulation = ({ time }: Measured): number => total(time, EMULATION as Part[])
const others = ({ time }: Measured): number => Math.max(0, time.machine - total(time))
const list = (numbers: number[]): string => numbers.join(', ')
