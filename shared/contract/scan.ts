import * as z from 'zod'
import { Box, MatchEvent, SuggestionEvent } from './events.ts'

/** A photo in a request. */
const base64Image = z.string().min(1).meta({
  description:
    'Base64, bare or as a data URI of any type; the content decides. JPEG, PNG, WebP or HEIC, at most 10 MB decoded.',
  example: '<base64_encoded_image>',
})

/** A face in a request. */
export const selfie = base64Image.meta({
  description:
    'Base64, bare or as a data URI of any type; the content decides. JPEG, PNG, WebP or HEIC, at most 10 MB decoded. Or a `face_token` of /target-face, which stands for that face, so that the picture need not be sent again.',
  example: '<base64_encoded_image>',
})

const TargetMatch = z
  .object({ scan_id: z.uuid(), scan_key: z.string().max(256), file_id: z.string().max(1024) })
  .meta({ id: 'TargetMatch', description: 'A match or a suggestion of an earlier scan of the same person.' })

/** Whom to look for, beside the selfies. */
export const targetDetails = {
  target_boxes: z.array(Box.nullable()).min(1).max(6).optional().meta({
    description:
      'Which face of each selfie is meant, as `box` of /target-face; null for the largest. One for each selfie: a target_face that is not among target_faces comes first.',
  }),
  target_matches: z.array(TargetMatch).min(1).max(10).optional().meta({
    description:
      'Faces that earlier scans found, "this is me too": each is one more face of the person. Only while that scan is there and the face cached.',
  }),
}

export const StartScanRequest = z
  .object({
    drive_link: z.string().min(1).max(8192).meta({
      description:
        'Link to a Drive folder, also with text around it or inside the link of a mail filter, its bare id, or, if the server has a directory of photos, local:/ or local:/sub/dir.',
      example: 'https://drive.google.com/drive/folders/YOUR_FOLDER_ID',
    }),
    target_face: selfie.optional().meta({ description: 'A selfie. Required unless target_faces is given.' }),
    target_faces: z.array(selfie).min(1).max(5).optional().meta({
      description: 'Several selfies of one person: a photo matches on the smallest distance to any of them.',
    }),
    ...targetDetails,
    access_token: z.string().min(1).max(4096).meta({ example: '<google_oauth_token_from_step_2>' }),
    recursive: z.boolean().default(false).meta({ description: 'Include subfolders.' }),
    suggestions: z.boolean().default(false).meta({
      description:
        'Look at the whole folder once more before the end: `suggestion` events about further photos, and about matches that may be somebody else.',
    }),
  })
  .refine(({ target_face, target_faces }) => target_face !== undefined || target_faces !== undefined, {
    path: ['target_face'],
    message: 'is missing',
    // Also where other fields are wrong, so that a client learns of all at once.
    when: ({ value }) => typeof value === 'object' && value !== null && !Array.isArray(value),
  })
  .meta({ id: 'StartScanRequest' })

export const StartScanResponse = z
  .object({
    message: z.literal('Scan started'),
    total_files: z.int().min(1).meta({
      description: 'As known by now: a folder that takes long to list has more, see the event `listed`.',
    }),
    scan_id: z.uuid(),
    scan_key: z.string().meta({
      description: 'Secret key of the scan; required for `after`, /matches, /stop and DELETE.',
    }),
  })
  .meta({ id: 'StartScanResponse' })

export const ScanStatus = z
  .discriminatedUnion('status', [
    z.object({
      scan_id: z.string(),
      status: z.enum(['running', 'completed', 'token_expired']),
      remaining: z.int().min(0),
      stopped: z.literal(true).optional().meta({
        description: 'With `completed`: the guest stopped the scan, and what was left is not searched.',
      }),
    }),
    z.object({ scan_id: z.string(), status: z.literal('unknown') }),
  ])
  .meta({ id: 'ScanStatus' })

export const MatchesQuery = z.object({
  after: z.string().optional().meta({ description: '`event_id` of the last match or suggestion seen.' }),
  limit: z.coerce.number().int().min(1).max(500).default(100),
  suggestions: z.enum(['0', '1']).default('0').meta({ description: '1: with the suggestions.' }),
  key: z.string().optional().meta({
    deprecated: true,
    description: 'The scan key, if no Authorization header can be sent. Servers on the way may log it.',
  }),
})

export const MatchesResponse = z
  .object({
    scan_id: z.uuid(),
    matches: z.array(MatchEvent),
    suggestions: z.array(SuggestionEvent).optional().meta({ description: 'With `suggestions=1`.' }),
    next: z.string().nullable().meta({
      description: 'Value of `after` for the next page; null if there are no more matches yet.',
    }),
  })
  .meta({ id: 'MatchesResponse' })

export const SameFaceResponse = z
  .object({
    scan_id: z.uuid(),
    file_ids: z.array(z.string()).meta({
      description:
        'Photos of this scan whose found face is the same person as that of the file asked about, which comes first.',
    }),
  })
  .meta({ id: 'SameFaceResponse' })

export const TargetFaceRequest = z.object({ image: base64Image }).meta({ id: 'TargetFaceRequest' })

const faceTokenField = z.string().optional().meta({
  description:
    'Stands for this face as target_face or in target_faces, for ten minutes. Only the server can read it. For the ten largest faces.',
})

export const TargetFaceResponse = z
  .object({
    width: z.int(),
    height: z.int(),
    faces: z.array(z.object({ box: Box, score: z.number(), face_token: faceTokenField })).meta({
      description: 'Largest first; a scan looks for the first unless `target_boxes` says otherwise.',
    }),
  })
  .meta({ id: 'TargetFaceResponse' })

export const UpdatesQuery = z.object({
  scan_id: z.uuid().optional(),
  album_id: z.string().max(64).optional().meta({ description: 'Follow an album instead: `album` events.' }),
  after: z.string().optional().meta({
    description:
      '`event_id` of the last event seen; empty to replay from the start. Requires scan_id and its key.',
  }),
  key: z.string().optional().meta({
    deprecated: true,
    description: 'The scan key, if no header can be sent. Servers on the way may log it.',
  }),
})

export type StartScanRequest = z.infer<typeof StartScanRequest>
export type StartScanResponse = z.infer<typeof StartScanResponse>
export type ScanStatus = z.infer<typeof ScanStatus>
export type MatchesQuery = z.infer<typeof MatchesQuery>
export type MatchesResponse = z.infer<typeof MatchesResponse>
export type SelfieFaces = NonNullable<StartScanRequest['target_boxes']>
export type TargetMatch = z.infer<typeof TargetMatch>
export type SameFaceResponse = z.infer<typeof SameFaceResponse>
export type TargetFaceRequest = z.infer<typeof TargetFaceRequest>
export type TargetFaceResponse = z.infer<typeof TargetFaceResponse>
