import * as z from 'zod'
import {
  Album,
  AlbumsResponse,
  CreateAlbumRequest,
  PatchAlbumRequest,
  PhotoQuery,
  RefreshAlbumsResponse,
  SearchAlbumRequest,
  SearchAlbumResponse,
} from '../album.ts'
import {
  driveFailures,
  failures,
  json,
  keyFailures,
  type Paths,
  response,
  scanKey,
  tooMany,
  uploader,
} from './openapi-parts.ts'

const albumId = z.object({ album_id: z.string() })
const organiserFailures = {
  ...driveFailures,
  403: 'Not an organiser, or Google refuses access to the folder',
} as const
const noAlbum = { 404: 'No such album' } as const
const ended = { 410: 'The album has ended' } as const

/** Albums: folders that an organiser opens to guests without an account. */
export const albumPaths: Paths = {
  '/albums': {
    post: {
      summary: 'Open a folder to guests',
      security: uploader,
      requestBody: { required: true, content: json(CreateAlbumRequest) },
      responses: {
        201: response('The album; its photos are being indexed', Album),
        ...failures({
          ...organiserFailures,
          400: 'Bad request or link',
          404: 'No such folder',
          415: 'Not JSON',
        }),
      },
    },
    get: {
      summary: 'All albums, newest first',
      security: uploader,
      responses: { 200: response('The albums', AlbumsResponse), ...failures(organiserFailures) },
    },
  },
  '/albums/refresh': {
    post: {
      summary: 'Bring every album up to date with its folder, which Scheduler asks for every minute',
      security: uploader,
      responses: { 200: response('Done', RefreshAlbumsResponse), ...failures(organiserFailures) },
    },
  },
  '/albums/{album_id}': {
    get: {
      summary: 'An album as guests see it; with an API key as its organiser does',
      security: uploader,
      requestParams: { path: albumId },
      responses: { 200: response('The album', Album), ...failures({ ...noAlbum, ...ended }) },
    },
    patch: {
      summary: 'Change title, code or end, close or open again',
      security: uploader,
      requestParams: { path: albumId },
      requestBody: { required: true, content: json(PatchAlbumRequest) },
      responses: {
        200: response('The album as it is now', Album),
        ...failures({ ...organiserFailures, ...noAlbum, ...ended, 400: 'Bad request', 415: 'Not JSON' }),
      },
    },
    delete: {
      summary: 'Delete an album, all that was derived from its photos, and the searches in it',
      security: uploader,
      requestParams: { path: albumId },
      responses: { 204: { description: 'Deleted' }, ...failures({ ...organiserFailures, ...noAlbum }) },
    },
  },
  '/albums/{album_id}/refresh': {
    post: {
      summary: 'Bring an album up to date with its folder now',
      security: uploader,
      requestParams: { path: albumId },
      responses: {
        200: response('The album', Album),
        ...failures({ ...organiserFailures, ...noAlbum, ...ended }),
      },
    },
  },
  '/albums/{album_id}/search': {
    post: {
      summary: 'Find a guest in an album, without an account',
      description:
        'All events of the search are there when this returns: read /scan/{scan_id}/matches, or /ws/updates. Those of photos that do not match tell neither name nor id.',
      requestParams: { path: albumId },
      requestBody: { required: true, content: json(SearchAlbumRequest) },
      responses: {
        200: response('Searched', SearchAlbumResponse),
        ...failures({
          ...tooMany,
          ...noAlbum,
          ...ended,
          400: 'Bad request, base64 or image, no face in the selfie, or an expired face token',
          403: 'The album is closed, or the code is missing or wrong',
          413: 'Too large',
          415: 'Not JSON',
          503: 'Busy: too many selfies at once',
        }),
      },
    },
  },
  '/albums/{album_id}/photos/{file_id}': {
    get: {
      summary: 'The original of a photo that a search found',
      security: scanKey,
      requestParams: { path: albumId.extend({ file_id: z.string() }), query: PhotoQuery },
      responses: {
        200: {
          description: 'The file; with Range a part of it (206)',
          content: { 'image/*': { schema: { type: 'string', format: 'binary' } } },
        },
        ...failures({
          ...keyFailures,
          ...ended,
          403: 'Not the key of this search, or the album is closed',
          404: 'No such album, search or photo, or the search did not find it',
          416: 'The range is beyond the end',
          500: driveFailures[500],
          502: driveFailures[502],
        }),
      },
    },
  },
}
