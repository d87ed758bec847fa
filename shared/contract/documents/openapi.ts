import * as z from 'zod'
import { createDocument } from 'zod-openapi'
import { AuthCallbackRequest, AuthCallbackResponse, AuthUrlQuery, AuthUrlResponse } from '../auth.ts'
import {
  QrQuery,
  SyncQuery,
  SyncResponse,
  UploadForm,
  UploadJobRequest,
  UploadJobResponse,
  UploadResponse,
} from '../drive.ts'
import {
  MatchesQuery,
  MatchesResponse,
  SameFaceResponse,
  ScanStatus,
  StartScanRequest,
  StartScanResponse,
  TargetFaceRequest,
  TargetFaceResponse,
} from '../scan.ts'
import { albumPaths } from './album-paths.ts'
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

const scanId = z.object({ scan_id: z.string() })

/** Paths below the base path. A test compares them with the routes that are mounted. */
const previewResponses = {
  200: {
    description: 'WebP, at most 1600 px on the longer side, upright, without metadata',
    content: { 'image/webp': { schema: { type: 'string', format: 'binary' } } },
  },
  304: { description: 'The preview still matches the ETag' },
} as const

const paths: Paths = {
  '/auth/google/url': {
    get: {
      summary: 'Where to send the user to sign in with Google',
      requestParams: { query: AuthUrlQuery },
      responses: {
        200: response('The consent page', AuthUrlResponse),
        ...failures({ ...tooMany, 500: 'No Google client is configured' }),
      },
    },
  },
  '/auth/google/callback': {
    post: {
      summary: 'Exchange the authorization code for an access token',
      requestBody: { required: true, content: json(AuthCallbackRequest) },
      responses: {
        200: response('Signed in', AuthCallbackResponse),
        ...failures({
          ...tooMany,
          400: 'OAuth exchange failed or invalid code',
          500: 'No Google client is configured',
          502: 'Google cannot be reached',
        }),
      },
    },
  },
  '/scan': {
    post: {
      summary: 'Start a scan',
      requestBody: { required: true, content: json(StartScanRequest) },
      responses: {
        200: response('The scan has started', StartScanResponse),
        ...failures({
          429: 'Too many such requests, or too many scans from this address run; see Retry-After',
          400: 'Bad request, link, base64 or image, no face in the target image, or an expired face token',
          401: 'Google token expired or invalid',
          403: 'Google does not let this account read the folder, or the token lacks the Drive scope or is of another OAuth client',
          404: 'Folder missing, not shared, or without images',
          413: 'Request, image or folder too large',
          415: 'Not JSON',
          500: 'Unexpected server error, or a damaged database',
          502: 'Google Drive does not respond, or Google does not say whose token it is',
          503: 'Busy: too many scans run, too many photos wait, or too many selfies at once; come again after Retry-After. Or the disk is full or cannot be written',
        }),
      },
    },
  },
  '/scan/{scan_id}/status': {
    get: {
      summary: 'Status of a scan, the polling fallback',
      requestParams: { path: scanId },
      responses: { 200: response('The status; `unknown` 1 hour after the scan ended', ScanStatus) },
    },
  },
  '/scan/{scan_id}/matches': {
    get: {
      summary: 'The matches so far',
      security: scanKey,
      requestParams: { path: scanId, query: MatchesQuery },
      responses: {
        200: response('A page of matches', MatchesResponse),
        ...failures({ ...keyFailures, 400: 'Bad `after` or `limit`' }),
      },
    },
  },
  '/scan/{scan_id}/matches/{file_id}/thumbnail': {
    get: {
      summary: 'A small picture of a match',
      security: scanKey,
      requestParams: {
        path: scanId.extend({ file_id: z.string() }),
        query: MatchesQuery.pick({ key: true }),
      },
      responses: {
        200: {
          description: 'JPEG, 320 px on the longer side',
          content: { 'image/jpeg': { schema: { type: 'string', format: 'binary' } } },
        },
        ...failures(keyFailures),
      },
    },
  },
  '/scan/{scan_id}/matches/{file_id}/preview': {
    get: {
      summary: 'A match in the size of a screen, made when it is first asked for',
      description:
        'Read from Google Drive with the token in X-Drive-Token; photos of an album, and of a directory on the server, need none.',
      security: scanKey,
      requestParams: {
        path: scanId.extend({ file_id: z.string() }),
        query: MatchesQuery.pick({ key: true }),
        header: z.object({ 'X-Drive-Token': z.string().optional() }),
      },
      responses: {
        ...previewResponses,
        ...failures({
          ...keyFailures,
          ...tooMany,
          400: 'The photo cannot be opened',
          401: 'Without the key, or the token in X-Drive-Token is missing or expired',
          403: 'Not the key of this scan, the album is closed, or Google does not let this account read the photo',
          404: 'No such scan or photo, or the scan did not find it',
          410: 'The album has ended',
          413: 'The photo is too large',
          500: 'Unexpected server error',
          502: 'Google Drive does not respond',
          503: 'Busy: too many previews wait; come again after Retry-After',
        }),
      },
    },
  },
  '/scan/{scan_id}/matches/{file_id}/same-face': {
    get: {
      summary: 'Which other photos of this scan show the same face, to hide a stranger everywhere',
      security: scanKey,
      requestParams: {
        path: scanId.extend({ file_id: z.string() }),
        query: MatchesQuery.pick({ key: true }),
      },
      responses: { 200: response('The photos', SameFaceResponse), ...failures(keyFailures) },
    },
  },
  '/scan/{scan_id}': {
    delete: {
      summary: 'Stop a scan and delete all of its data',
      security: scanKey,
      requestParams: { path: scanId, query: MatchesQuery.pick({ key: true }) },
      responses: { 204: { description: 'Deleted' }, ...failures(keyFailures) },
    },
  },
  '/scan/{scan_id}/stop': {
    post: {
      summary: 'End a scan and keep what was found, until an hour later',
      description:
        'The files that are left are not searched. The scan ends with one `completed` that has `stopped`. A scan that has ended stays as it is.',
      security: scanKey,
      requestParams: { path: scanId, query: MatchesQuery.pick({ key: true }) },
      responses: {
        200: {
          description: 'How the scan has ended',
          content: {
            'application/json': {
              schema: ScanStatus,
              example: {
                scan_id: '<scan_id>',
                status: 'completed',
                total_files: 850,
                remaining: 0,
                stopped: true,
              },
            },
          },
        },
        ...failures(keyFailures),
      },
    },
  },
  '/target-face': {
    post: {
      summary: 'Find the faces in an image, to preview a selfie',
      requestBody: { required: true, content: json(TargetFaceRequest) },
      responses: {
        200: response('The faces, possibly none', TargetFaceResponse),
        ...failures({
          ...tooMany,
          400: 'Bad request, base64 or image',
          413: 'Too large',
          415: 'Not JSON',
          503: 'Busy: too many selfies at once',
        }),
      },
    },
  },
  '/drive/upload': {
    post: {
      summary: 'Upload one image to Drive and make it public',
      security: uploader,
      requestBody: { required: true, content: { 'multipart/form-data': { schema: UploadForm } } },
      responses: {
        200: response('Uploaded', UploadResponse),
        ...failures({
          ...driveFailures,
          400: 'Malformed form; no file, several files or an empty one; invalid name or folder',
          404: 'No such folder',
          413: 'The file is too large',
          415: 'Not a form, or not an image',
        }),
      },
    },
  },
  '/drive/files/{file_id}/preview': {
    get: {
      summary: 'An uploaded picture in the size of a screen, as any browser shows it',
      description:
        'For whoever has the link of a picture that was uploaded from here and is still readable for anyone with the link; nothing else is shown. A GIF or BMP of up to 8 MB is sent as it is.',
      requestParams: { path: z.object({ file_id: z.string() }) },
      responses: {
        ...previewResponses,
        ...failures({
          ...tooMany,
          400: 'The picture cannot be opened',
          403: 'Google does not let this account read the picture',
          404: 'No such picture',
          413: 'The picture is too large',
          500: 'Unexpected server error',
          502: 'Google Drive does not respond',
          503: 'Busy: too many previews wait; come again after Retry-After',
        }),
      },
    },
  },
  '/drive/upload-job': {
    post: {
      summary: 'Upload the image of a finished job',
      security: uploader,
      requestBody: { required: true, content: json(UploadJobRequest) },
      responses: {
        200: response('Uploaded, now or earlier', UploadJobResponse),
        ...failures({
          ...driveFailures,
          400: 'Bad request, or the image is empty',
          404: 'No such job, image or folder',
          409: 'The job is not done, has no image, or is being uploaded',
          415: 'Not JSON, or the file is not an image',
        }),
      },
    },
  },
  '/drive/sync': {
    post: {
      summary: 'Upload the images of finished jobs that are not yet on Drive',
      security: uploader,
      requestParams: { query: SyncQuery },
      responses: {
        200: response('The result', SyncResponse),
        ...failures({ ...driveFailures, 400: 'Bad `limit` or `force`', 404: 'No such folder' }),
      },
    },
  },
  '/drive/qr': {
    get: {
      summary: 'The QR code of a link',
      requestParams: { query: QrQuery },
      responses: {
        200: {
          description: 'PNG of the requested size',
          content: { 'image/png': { schema: { type: 'string', format: 'binary' } } },
        },
        304: { description: 'The image still matches the ETag' },
        ...failures({ 400: 'Bad `url` or `size`, or a size too small for the url' }),
      },
    },
  },
  '/drive/files/{id}/content': {
    get: {
      summary: 'A photo or an uploaded image that is stored on the server',
      requestParams: {
        path: z.object({ id: z.string() }),
        query: z.object({
          sig: z.string().optional().meta({ description: 'Of a photo: part of its `download_url`.' }),
        }),
      },
      responses: {
        200: {
          description: 'The file',
          content: { 'image/*': { schema: { type: 'string', format: 'binary' } } },
        },
        ...failures({ 404: 'No such file, or a photo without its signature' }),
      },
    },
  },
  ...albumPaths,
}

/** The HTTP contract as an OpenAPI 3.1 document. `baseUrl` ends in /api/v1. */
export function openApiDocument(baseUrl: string) {
  return createDocument({
    openapi: '3.1.0',
    info: {
      title: 'face-recon-drive',
      version: '1.0.0',
      description: 'Find a person’s photos in a Google Drive folder from a selfie.',
      license: { name: 'MIT', identifier: 'MIT' },
    },
    servers: [{ url: baseUrl }],
    paths,
    components: {
      securitySchemes: {
        scanKey: { type: 'http', scheme: 'bearer', description: 'The scan_key of POST /scan.' },
        apiKey: { type: 'apiKey', in: 'header', name: 'X-API-Key' },
        apiKeyAsBearer: {
          type: 'http',
          scheme: 'bearer',
          description: 'An API key or a Google identity token.',
        },
        scanKeyInQuery: {
          type: 'apiKey',
          in: 'query',
          name: 'key',
          description: 'The same where no header can be sent. Servers on the way may log it.',
        },
      },
    },
  })
}
