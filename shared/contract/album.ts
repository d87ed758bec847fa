import * as z from 'zod'
import { StartScanResponse, selfie, targetDetails } from './scan.ts'

const title = z.string().trim().min(1).max(200)
const code = z
  .string()
  .regex(/^[\w-]{4,32}$/, '4 to 32 letters, digits, - or _')
  .meta({ description: 'Guests are asked for it before they may search.' })
const until = z.iso
  .datetime({ offset: true })
  .meta({ description: 'The end of the album, at most 180 days after its creation. By default 30 days.' })

/** Whose right to read the folder the server uses for an album. */
const AUTHORISATIONS = ['uploader', 'service_account', 'api_key', 'directory'] as const

export const CreateAlbumRequest = z
  .object({
    drive_link: z.string().min(1).max(8192).meta({ description: 'As in POST /scan.' }),
    title: title.optional().meta({ description: "By default the folder's name, where it is known." }),
    code: code.optional(),
    until: until.optional(),
    recursive: z.boolean().default(false).meta({ description: 'Include subfolders.' }),
  })
  .meta({ id: 'CreateAlbumRequest' })

export const PatchAlbumRequest = z
  .object({
    title: title.optional(),
    code: code.nullable().optional().meta({ description: 'null: no code any more.' }),
    until: until.optional(),
    closed: z
      .boolean()
      .optional()
      .meta({ description: 'A closed album tells guests so, and goes on with true.' }),
  })
  .meta({ id: 'PatchAlbumRequest' })

const AlbumForOrganiser = z
  .object({
    drive_link: z.string(),
    recursive: z.boolean(),
    created_at: z.iso.datetime(),
    authorisation: z.enum(AUTHORISATIONS).meta({
      description:
        'How the server reads the folder: as the uploading account, as a service account, with an API key because anybody may see it, or from a directory.',
    }),
    faces: z.int().min(0),
    searches: z.int().min(0),
    last_listed_at: z.iso.datetime().nullable(),
    problem: z.object({ code: z.string(), error: z.string() }).nullable().meta({
      description: 'Why the folder could not be listed or indexed the last time; the message is the remedy.',
    }),
    errors: z
      .array(z.object({ file_id: z.string(), file_name: z.string(), code: z.string(), error: z.string() }))
      .meta({ description: 'Files that could not be indexed, the first 100.' }),
    failed: z.int().min(0).meta({ description: 'Number of files that could not be indexed.' }),
    indexing: z
      .object({ scan_id: z.uuid(), total_files: z.int(), remaining: z.int() })
      .nullable()
      .meta({ description: 'The scan that analyses new photos now.' }),
  })
  .meta({ id: 'AlbumForOrganiser' })

export const Album = z
  .object({
    album_id: z.string(),
    title: z.string(),
    photos: z.int().min(0).meta({ description: 'Photos that are searched by now.' }),
    index_version: z
      .int()
      .min(0)
      .meta({ description: 'Rises whenever photos were added, changed or removed.' }),
    indexing: z.boolean().meta({ description: 'Whether photos are being added at the moment.' }),
    needs_code: z.boolean(),
    closed: z.boolean(),
    until: z.iso.datetime(),
    organiser: AlbumForOrganiser.optional().meta({ description: 'For callers with an API key alone.' }),
  })
  .meta({ id: 'Album' })

export const AlbumsResponse = z.object({ albums: z.array(Album) }).meta({ id: 'AlbumsResponse' })

export const SearchAlbumRequest = z
  .object({
    target_face: selfie.optional().meta({ description: 'A selfie. Required unless target_faces is given.' }),
    target_faces: z.array(selfie).min(1).max(5).optional(),
    ...targetDetails,
    consent: z.string().trim().min(1).max(2000).meta({
      description:
        'What the guest agreed to, word for word. Kept with the time, without anything about the guest.',
    }),
    code: z.string().max(64).optional().meta({ description: 'Required where `needs_code`.' }),
    since: z.int().min(0).default(0).meta({
      description: 'Search only photos that came or changed after this `index_version`.',
    }),
  })
  .refine(({ target_face, target_faces }) => target_face !== undefined || target_faces !== undefined, {
    path: ['target_face'],
    message: 'a selfie is required',
  })
  .meta({ id: 'SearchAlbumRequest' })

export const SearchAlbumResponse = StartScanResponse.extend({
  total_files: z.int().min(0).meta({ description: 'Photos that were searched.' }),
  index_version: z.int().min(0).meta({ description: 'Value for `since` of the next search.' }),
}).meta({ id: 'SearchAlbumResponse' })

export const RefreshAlbumsResponse = z
  .object({ albums: z.int().min(0).meta({ description: 'Albums that were brought up to date.' }) })
  .meta({ id: 'RefreshAlbumsResponse' })

export const PhotoQuery = z.object({
  scan_id: z.uuid().meta({ description: 'The search that found the photo; download_url has it.' }),
  key: z
    .string()
    .optional()
    .meta({ description: 'Its scan_key, where no Authorization header can be sent, as in a link.' }),
})

export const AlbumEvent = z
  .object({
    type: z.literal('album'),
    album_id: z.string(),
    index_version: z.int().min(0),
    photos: z.int().min(0),
    indexing: z.boolean(),
    closed: z.boolean(),
  })
  .meta({
    id: 'AlbumEvent',
    description: 'What guests may know of an album, first of all and after each change.',
  })

export type AlbumEvent = z.infer<typeof AlbumEvent>
export type Authorisation = (typeof AUTHORISATIONS)[number]
export type CreateAlbumRequest = z.infer<typeof CreateAlbumRequest>
export type PatchAlbumRequest = z.infer<typeof PatchAlbumRequest>
export type Album = z.infer<typeof Album>
export type AlbumsResponse = z.infer<typeof AlbumsResponse>
export type SearchAlbumRequest = z.infer<typeof SearchAlbumRequest>
export type RefreshAlbumsResponse = z.infer<typeof RefreshAlbumsResponse>
export type SearchAlbumResponse = z.infer<typeof SearchAlbumResponse>
