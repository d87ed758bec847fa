import * as z from 'zod'
import { ERROR_CODES } from './app-error.ts'

const folderId = z.string().regex(/^[\w-]{1,200}$/, 'must be a folder id')

/** The form of POST /drive/upload, without its file. */
export const UploadFields = z.object({
  folder_id: folderId.optional().meta({ description: 'Drive folder id; default TARGET_FOLDER_ID.' }),
})

export const UploadForm = UploadFields.extend({
  file: z
    .string()
    .meta({ format: 'binary', description: 'One image, at most 64 MB (31 MB on Google Cloud).' }),
}).meta({ id: 'UploadForm' })

const pageUrl = z.url().meta({
  description: 'The page that shows the picture to a guest, to save and share it.',
  example: 'http://localhost:8000/p/1AbCdEf',
})

export const UploadResponse = z
  .object({
    file_id: z.string().meta({ example: '1AbCdEf' }),
    name: z.string().meta({ example: 'result.png' }),
    drive_link: z.url().meta({ example: 'https://drive.google.com/file/d/1AbCdEf/view?usp=sharing' }),
    download_link: z.url().meta({ example: 'https://drive.google.com/uc?id=1AbCdEf&export=download' }),
    qr_url: z.url().meta({ example: 'http://localhost:8000/api/v1/drive/qr?url=...' }),
    page_url: pageUrl,
  })
  .meta({ id: 'UploadResponse' })

export const UploadJobRequest = z
  .object({ job_id: z.string().min(1).max(500) })
  .meta({ id: 'UploadJobRequest' })

export const UploadJobResponse = z
  .object({
    job_id: z.string(),
    drive_file_id: z.string(),
    drive_link: z.url(),
    download_link: z.url(),
    qr_url: z.url(),
    page_url: pageUrl,
    drive_uploaded_at: z.iso.datetime(),
  })
  .meta({ id: 'UploadJobResponse' })

export const SyncQuery = z.object({
  limit: z.coerce
    .number()
    .int()
    .min(1)
    .max(100_000)
    .optional()
    .meta({ description: 'Maximum number of jobs.' }),
  force: z
    .enum(['true', 'false', '1', '0'])
    .default('false')
    .transform((value) => value === 'true' || value === '1')
    .meta({
      description:
        'Include jobs that already have a Drive file: its content is replaced, its links stay the same.',
    }),
})

export const SyncResponse = z
  .object({
    total: z.int().meta({ description: 'Jobs that were considered.' }),
    uploaded: z.int(),
    skipped: z.int().meta({ description: 'Uploaded, or being uploaded, by another process.' }),
    failed: z.int(),
    not_tried: z.int().meta({ description: 'Skipped because Drive is not accepting uploads at the moment.' }),
    errors: z.array(
      z.object({
        job_id: z.string(),
        code: z.enum(ERROR_CODES),
        message: z.string(),
      }),
    ),
  })
  .meta({ id: 'SyncResponse' })

export const QrQuery = z.object({
  url: z
    .string()
    .max(2048)
    .regex(/^https?:\/\/\S+$/i, 'must be an http or https URL')
    // Not in the pattern: readers of the document compile it without the flag that \p needs.
    .refine((url) => !/\p{Cc}/u.test(url), 'must be an http or https URL')
    .refine((url) => URL.canParse(url), 'must be an http or https URL')
    // A code says nothing about the encoding of its bytes, so readers guess the one of other characters.
    .transform((url) => (/^[\x21-\x7e]+$/.test(url) ? url : new URL(url).href))
    .meta({
      description:
        'An http or https URL of at most 2,048 characters. One with characters beyond ASCII is encoded as in a request: percent signs, Punycode.',
    }),
  size: z.coerce
    .number()
    .int()
    .min(64)
    .max(1024)
    .default(360)
    .meta({ description: 'Width and height in pixels.' }),
})

export type UploadResponse = z.infer<typeof UploadResponse>
export type UploadJobResponse = z.infer<typeof UploadJobResponse>
export type SyncResponse = z.infer<typeof SyncResponse>
