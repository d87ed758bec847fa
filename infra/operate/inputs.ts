import { parseArgs } from 'node:util'

interface Input {
  value: number
  /** What it is, and how it is known. */
  source: string
}

export const INPUTS = {
  files: { value: 1000, source: 'photos' },
  analysis: {
    value: 0.18,
    source: 'seconds of one core per photo: measured on the development machine, a sample album',
  },
  download: { value: 0.4, source: 'seconds per photo: assumed, 4 MB at 10 MB/s' },
  store: { value: 0.1, source: 'seconds per photo waiting for Firestore: assumed, 5 round trips of 20 ms' },
  concurrency: {
    value: 2,
    source: 'photos that an instance has at once, of which one is analysed; infra/functions.tf',
  },
  vcpus: { value: 1, source: 'of an instance of face-match' },
  gib: { value: 2, source: 'of an instance of face-match' },
  reads: {
    value: 3.7,
    source: "Firestore reads per photo of a first scan: 2.6 and the relay's 1.1, measured",
  },
  writes: { value: 2.1, source: 'writes: measured (event, faces, and what is written once per group)' },
  deletes: { value: 2, source: 'deletes by TTL: measured, the documents that are left' },
  'again-reads': { value: 0.4, source: 'reads per photo of a folder scanned again within a day: measured' },
  'again-writes': { value: 0.2, source: 'writes: measured, with every eighth photo a match' },
  'again-deletes': { value: 0.2, source: 'deletes by TTL: measured' },
  refused: {
    value: 0,
    source: 'pushes per photo that no instance took: measured on the emulators; requests only',
  },
  'album-photos': { value: 5000, source: 'photos of an album' },
  'album-reads': { value: 6.1, source: 'Firestore reads per photo that is indexed: measured' },
  'album-writes': { value: 2.1, source: 'writes: measured' },
  'album-deletes': {
    value: 2,
    source: 'deletes, at its end or by TTL: measured, the documents that are left',
  },
  days: { value: 30, source: 'of the album, whose folder is listed every minute' },
  listing: { value: 2.5, source: 'seconds: assumed, 0.5 s for each 1,000 photos' },
  guests: { value: 200, source: 'guests' },
  searches: { value: 20, source: 'of a guest, all but the first for photos that are newer: assumed' },
  search: { value: 0.4, source: 'seconds of a search, most of them for the selfie: assumed' },
  found: { value: 40, source: 'photos of a guest, whose thumbnails are shown: assumed' },
  originals: { value: 20, source: 'of them downloaded, 4 MB and 2 s of an instance each: assumed' },
} satisfies Record<string, Input>

type Name = keyof typeof INPUTS
export const NAMES = Object.keys(INPUTS) as Name[]
export type Inputs = Record<Name, number>

/** The options of the command, or the defaults. */
export function readInputs(): Inputs {
  const options = Object.fromEntries(NAMES.map((name) => [name, { type: 'string' as const }]))
  const { values } = parseArgs({ options })
  return Object.fromEntries(
    NAMES.map((name) => {
      const value = values[name] === undefined ? INPUTS[name].value : Number(values[name])
      if (!(value >= 0)) throw new Error(`--${name} is a number of at least 0`)
      return [name, value]
    }),
  ) as Inputs
}
