import * as z from 'zod'

export const Box = z
  .object({ x: z.number(), y: z.number(), width: z.number(), height: z.number() })
  .meta({ id: 'Box', description: 'Pixels of the upright photo, origin in the top left corner.' })

const everyEvent = {
  scan_id: z.uuid(),
  event_id: z.string().meta({
    description: 'Unique within its scan and the same on every delivery; the value for `after`.',
  }),
  at: z.iso.datetime().meta({ description: 'When the event was stored.' }),
}

const aboutFile = { file_id: z.string(), file_name: z.string() }

const aboutFace = {
  box: Box.meta({ description: 'The face.' }),
  image: z
    .object({ width: z.int(), height: z.int() })
    .meta({ description: 'Size of the upright photo in pixels, to which `box` refers.' }),
}

const aboutDamage = {
  damaged: z.literal(true).optional().meta({
    description:
      'The file is damaged: a part of its photo could not be searched, or differs from what it was.',
  }),
}

export const StartedEvent = z
  .object({ type: z.literal('started'), ...everyEvent, total_files: z.int().min(0) })
  .meta({ id: 'StartedEvent', description: 'Once, when a scan begins.' })

export const ListedEvent = z
  .object({
    type: z.literal('listed'),
    ...everyEvent,
    total_files: z.int().min(0).meta({ description: 'The final number, instead of that of `started`.' }),
    code: z.string().optional().meta({ description: 'Why further files are left out, for programs.' }),
    error: z.string().optional().meta({ description: 'The same for people.' }),
  })
  .meta({
    id: 'ListedEvent',
    description:
      'Once, for a folder that takes longer to list than POST /scan does: all of its files are known now. Not part of the first contract; clients may ignore it.',
  })

const ProgressEvent = z
  .object({
    type: z.literal('progress'),
    ...everyEvent,
    ...aboutFile,
    status: z.enum(['no_match', 'no_face_found']),
    ...aboutDamage,
  })
  .meta({ id: 'ProgressEvent', description: 'A file without the target face, or without any face.' })

export const MatchEvent = z
  .object({
    type: z.literal('match'),
    ...everyEvent,
    ...aboutFile,
    status: z.literal('match'),
    download_url: z.url(),
    distance: z
      .number()
      .min(0)
      .meta({ description: 'Euclidean distance of the descriptors; 0 for the same photo.' }),
    certainty: z.enum(['sure', 'likely']).meta({
      description: '`sure`: closer than 1 to 3 in 100,000 strangers are. `likely`: any other match.',
    }),
    ...aboutFace,
    ...aboutDamage,
  })
  .meta({ id: 'MatchEvent', description: 'A file that shows the target face.' })

export const SuggestionEvent = z
  .object({
    type: z.literal('suggestion'),
    ...everyEvent,
    ...aboutFile,
    download_url: z.url(),
    distance: z.number().min(0).meta({
      description:
        'To the closest selfie, so it may be above MATCH_DISTANCE; suggestions are ordered by another measure.',
    }),
    certainty: z.enum(['possible', 'look_alike']).meta({
      description:
        '`possible`: a file that did not match but may show the target face. `look_alike`: a file that matched, but may show somebody who looks alike; its match event stays.',
    }),
    ...aboutFace,
  })
  .meta({
    id: 'SuggestionEvent',
    description:
      'What a second look at the whole folder found, before `completed` and only for scans that were started with `suggestions`. Not counted in `remaining`.',
  })

export const FileErrorEvent = z
  .object({
    type: z.literal('error'),
    ...everyEvent,
    ...aboutFile,
    error: z.string(),
    code: z.string().meta({ description: 'The reason for programs; `error` is for people.' }),
  })
  .meta({ id: 'FileErrorEvent', description: 'A file that could not be processed. The scan continues.' })

const CompletedEvent = z
  .object({
    type: z.literal('completed'),
    ...everyEvent,
    stopped: z.literal(true).optional().meta({
      description: 'The guest stopped the scan: the files without an event were not searched.',
    }),
  })
  .meta({ id: 'CompletedEvent', description: 'Once, when every file has its event or the scan was stopped.' })

const TokenExpiredEvent = z
  .object({ type: z.literal('token_expired'), ...everyEvent, message: z.string() })
  .meta({
    id: 'TokenExpiredEvent',
    description: 'Once, instead of `completed`, when Google refuses the access token during the scan.',
  })

export const ScanEvent = z
  .discriminatedUnion('type', [
    StartedEvent,
    ListedEvent,
    ProgressEvent,
    MatchEvent,
    FileErrorEvent,
    SuggestionEvent,
    CompletedEvent,
    TokenExpiredEvent,
  ])
  .meta({ id: 'ScanEvent' })

export type Box = z.infer<typeof Box>
export type StartedEvent = z.infer<typeof StartedEvent>
export type ListedEvent = z.infer<typeof ListedEvent>
export type ProgressEvent = z.infer<typeof ProgressEvent>
export type MatchEvent = z.infer<typeof MatchEvent>
export type FileErrorEvent = z.infer<typeof FileErrorEvent>
export type SuggestionEvent = z.infer<typeof SuggestionEvent>
export type FileEvent = ProgressEvent | MatchEvent | FileErrorEvent
export type EndEvent = z.infer<typeof CompletedEvent> | z.infer<typeof TokenExpiredEvent>
export type ScanEvent = z.infer<typeof ScanEvent>

/** An event before the store has set `at`. */
export type Unstored<E extends ScanEvent> = E extends ScanEvent ? Omit<E, 'at'> : never

/** Event ids are the keys under which the store appends events, so each exists only once. */
export const STARTED = 'started'
export const LISTED = 'listed'
export const END = 'end'
export const fileEventId = (fileId: string) => `file:${fileId}`
export const suggestionEventId = (fileId: string) => `suggestion:${fileId}`
