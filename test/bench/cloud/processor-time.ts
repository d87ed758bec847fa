import { readdirSync, readFileSync } from 'node:fs'
import { availableParallelism } from 'node:os'

/** What runs on this machine for the emulated cloud, told apart by the arguments of its processes. */
const PARTS = {
  'Firestore emulator': /CloudFirestore/,
  'Pub/Sub emulator': /cloud-pubsub-emulator/,
  'face-match': /--target=face_match\0/,
  relay: /relay\/index\.js/,
  'other functions': /--target=/,
} as const

const FACE_WORKER = /face-worker\.[jt]s\0/

/** Counts the Firestore operations, bridges Pub/Sub, is the front door and the clients. */
const THIS_PROCESS = 'bridge and clients'

export type Part = keyof typeof PARTS | typeof THIS_PROCESS

/** Of what Google runs elsewhere, and the clients: what an emulated cloud takes away from the functions. */
export const EMULATION: readonly Part[] = ['Firestore emulator', 'Pub/Sub emulator', THIS_PROCESS]

export interface ProcessorTime {
  /** Seconds of all processors since the start, by part. */
  parts: Record<Part, number>
  /** Of each process of face-match, by process id. */
  instances: Map<number, number>
  /** Of everything that runs on this machine. */
  machine: number
}

/** Per second, on Linux. */
const TICKS = 100

export const PROCESSORS = availableParallelism()

/** Reads Linux's /proc: of this process and all that it has started. Throws on other systems. */
export function processorTime(): ProcessorTime {
  const parts = Object.fromEntries([...Object.keys(PARTS), THIS_PROCESS].map((name) => [name, 0]))
  const instances = new Map<number, number>()
  const processes = readProcesses()
  const ours = new Set([process.pid])
  // A child can have a lower id than its parent, after the ids have started from 1 again.
  for (let size = 0; size < ours.size; ) {
    size = ours.size
    for (const { id, parent } of processes) if (ours.has(parent)) ours.add(id)
  }
  for (const { id, parent, seconds } of processes) {
    if (!ours.has(id)) continue
    // The workers of a face engine are processes of the one that has it.
    const owner = FACE_WORKER.test(argumentsOf(id)) ? parent : id
    const name = owner === process.pid ? THIS_PROCESS : partOf(owner)
    if (name === undefined) continue
    parts[name] = (parts[name] ?? 0) + seconds
    if (name === 'face-match') instances.set(owner, (instances.get(owner) ?? 0) + seconds)
  }
  return { parts: parts as Record<Part, number>, instances, machine: machineSeconds() }
}

/** What was used from `from` to `to`; an instance that was not there before has its time since its start. */
export function between(from: ProcessorTime, to: ProcessorTime): ProcessorTime {
  const parts = Object.entries(to.parts).map(([name, seconds]) => [name, seconds - from.parts[name as Part]])
  const instances = [...to.instances].map(
    ([id, seconds]) => [id, seconds - (from.instances.get(id) ?? 0)] as const,
  )
  return {
    parts: Object.fromEntries(parts),
    instances: new Map(instances),
    machine: to.machine - from.machine,
  }
}

export const total = (time: ProcessorTime, names = Object.keys(time.parts) as readonly Part[]) =>
  names.reduce((sum, name) => sum + time.parts[name], 0)

function readProcesses(): { id: number; parent: number; seconds: number }[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .flatMap((name) => {
      const stat = readOrNothing(`/proc/${name}/stat`)
      // The name of the program, in parentheses, may contain anything. Fields by proc_pid_stat(5).
      const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
      const [, parent, , , , , , , , , , user, system] = fields.map(Number)
      if (parent === undefined || user === undefined || system === undefined) return []
      return { id: Number(name), parent, seconds: (user + system) / TICKS }
    })
}

function partOf(id: number): Part | undefined {
  const args = argumentsOf(id)
  // The shell that ends an emulator with its parent has the same arguments.
  if (args.startsWith('sh\0')) return undefined
  return (Object.keys(PARTS) as (keyof typeof PARTS)[]).find((name) => PARTS[name].test(args))
}

const argumentsOf = (id: number) => readOrNothing(`/proc/${id}/cmdline`)

function machineSeconds(): number {
  const [line = ''] = readFileSync('/proc/stat', 'utf8').split('\n')
  const [user = 0, nice = 0, system = 0, , , interrupts = 0, softInterrupts = 0] = line
    .split(/\s+/)
    .slice(1)
    .map(Number)
  return (user + nice + system + interrupts + softInterrupts) / TICKS
}

/** A process may end meanwhile. */
function readOrNothing(file: string): string {
  try {
    return readFileSync(file, 'latin1')
  } catch {
    return ''
  }
}
