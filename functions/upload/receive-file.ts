import { once } from 'node:events'
import { type FileHandle, mkdtemp, open, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { finished } from 'node:stream/promises'
import busboy, { type Busboy } from 'busboy'
import { AppError } from '../../shared/contract/app-error.ts'
import { UploadFields } from '../../shared/contract/drive.ts'
import { SIGNATURE_BYTES } from '../../shared/contract/image-types.ts'
import type { UploadSource } from '../../shared/drive/port.ts'
import { check } from '../../shared/http/validate.ts'
import { checkedType } from '../../shared/jobs/image-source/port.ts'

const FIELD = 'file'
/** Bytes per read. */
const CHUNK_SIZE = 256 * 1024
/** Bytes that a form may have besides its file. */
const MAX_FORM_OVERHEAD = 1024 * 1024

export interface ReceivedFile {
  source: UploadSource
  folderId: string | undefined
  /** Deletes the temporary file. */
  discard(): Promise<void>
}

/**
 * The one image of a multipart form, stored in a temporary file without a name, which disappears when `discard` is
 * called or the process ends in whatever way.
 *
 * Rejects with `unsupported_media_type`, `invalid_multipart`, `file_missing`, `one_file_only`, `file_too_large`,
 * `file_empty`, `invalid_file_name`, `unsupported_file_type`, `invalid_request`.
 *
 * @param maxBytes of the file
 */
export async function receiveFile(request: Request, maxBytes: number): Promise<ReceivedFile> {
  const form = formParser(request, maxBytes)
  const length = Number(request.headers.get('content-length') ?? 0)
  if (length > maxBytes + MAX_FORM_OVERHEAD) throw tooLargeFor(maxBytes)
  const handle = await namelessFile()
  try {
    const { name, fields } = await readForm(request, form, handle, maxBytes)
    checkName(name)
    const { size } = await handle.stat()
    const { bytesRead, buffer } = await handle.read(new Uint8Array(SIGNATURE_BYTES), { position: 0 })
    const mime_type = checkedType(size, buffer.subarray(0, bytesRead))
    return {
      source: {
        name,
        mime_type,
        size,
        open: (start) => readFrom(handle, start),
      },
      folderId: check(UploadFields, fields).folder_id,
      discard: () => handle.close(),
    }
  } catch (error) {
    await handle.close()
    throw error
  }
}

function tooLargeFor(maxBytes: number): AppError {
  return new AppError('file_too_large', `The file is larger than ${maxBytes / 2 ** 20} MB.`)
}

function formParser(request: Request, maxBytes: number): Busboy {
  try {
    return busboy({
      headers: { 'content-type': request.headers.get('content-type') ?? '' },
      defParamCharset: 'utf8',
      preservePath: true,
      // One more, because busboy reports a file of exactly the limit as truncated.
      limits: { fileSize: maxBytes + 1, fields: 10, fieldSize: 1000, parts: 12 },
    })
  } catch {
    throw new AppError('unsupported_media_type', 'Send a form as multipart/form-data with the field `file`.')
  }
}

async function namelessFile(): Promise<FileHandle> {
  const dir = await mkdtemp(join(tmpdir(), `upload-${process.pid}-`))
  try {
    return await open(join(dir, 'file'), 'wx+', 0o600)
  } finally {
    await rm(dir, { recursive: true, force: true })
  }
}

/** Reads the whole form, its file into `handle`, even if it is invalid: otherwise the client could miss the response. */
async function readForm(request: Request, form: Busboy, handle: FileHandle, maxBytes: number) {
  const fields: Record<string, string> = {}
  let name = ''
  let files = 0
  let nameless = false
  let writing: Promise<void> | undefined
  let problem: AppError | undefined
  let diskError: unknown
  const tooLarge = tooLargeFor(maxBytes)

  // busboy calls a part with a MIME type but without a file name a field, unless it is of application/octet-stream.
  form.on('file', (field, stream, { filename }) => {
    files++
    if (field !== FIELD || files > 1) {
      stream.on('error', () => {})
      stream.resume()
      return
    }
    name = unescaped(filename ?? '')
    stream.on('limit', () => {
      problem = tooLarge
    })
    writing = writeTo(handle, stream)
    writing.catch((error) => {
      // Only errors of the disk: a form that is cut off ends its file with an error as well.
      if (form.destroyed) return
      diskError = error
      form.destroy(error)
    })
  })
  form.on('field', (field, value) => {
    // A form also sends what was left empty.
    if (value.trim() === '') return
    if (field === FIELD) nameless = true
    fields[field] = value
  })

  const error = await feed(request.body, form, maxBytes + MAX_FORM_OVERHEAD, tooLarge)
  await writing?.catch(() => {})
  if (diskError) throw diskError
  if (error instanceof AppError) throw error
  if (error) throw new AppError('invalid_multipart', 'The form is damaged or incomplete.', { cause: error })
  if (problem) throw problem
  if (files > 1) throw new AppError('one_file_only', 'Send one file at a time.')
  if (name.trim() !== '') return { name, fields }
  // Where no file was chosen, browsers send one without a name and bytes.
  const { size } = await handle.stat()
  throw new AppError(
    'file_missing',
    nameless || size > 0
      ? 'The file in the field `file` has no name: send it with a `filename`.'
      : 'The form contains no file in the field `file`.',
  )
}

/** Undoes what browsers do to file names in a form (https://html.spec.whatwg.org/multipage/form-control-infrastructure.html#multipart-form-data). */
function unescaped(fileName: string): string {
  return fileName.replace(/%(22|0D|0A)/g, (escaped) => decodeURIComponent(escaped))
}

/**
 * The error that ended the form, if one did. Reading continues after a damaged part, and a body that is too long is
 * left unread: cutting the connection would keep the response from the client.
 */
async function feed(
  body: Request['body'],
  form: Busboy,
  maxBytes: number,
  tooLarge: AppError,
): Promise<unknown> {
  const closed = finished(form).catch((error: unknown) => error)
  const reader = body?.getReader()
  try {
    for (let total = 0; reader; ) {
      const { done, value } = await reader.read()
      if (done) break
      total += value.length
      if (total > maxBytes) throw tooLarge
      if (form.destroyed || form.write(value)) continue
      await Promise.race([once(form, 'drain').catch(() => {}), closed])
    }
    if (!form.destroyed) form.end()
  } catch (error) {
    form.destroy(error as Error)
  } finally {
    reader?.releaseLock()
  }
  return closed
}

// Not with the streams of node:fs, which close the file when they are destroyed, even with autoClose off.

async function writeTo(handle: FileHandle, stream: Readable): Promise<void> {
  for await (const chunk of stream) await handle.appendFile(chunk)
}

function readFrom(handle: FileHandle, start: number): Readable {
  async function* chunks() {
    for (let position = start; ; ) {
      const { bytesRead, buffer } = await handle.read(Buffer.allocUnsafe(CHUNK_SIZE), { position })
      if (bytesRead === 0) return
      position += bytesRead
      yield buffer.subarray(0, bytesRead)
    }
  }
  return Readable.from(chunks(), { objectMode: false })
}

function checkName(name: string): void {
  if (/[/\\\p{Cc}]/u.test(name) || name === '.' || name === '..' || name.length > 255) {
    throw new AppError(
      'invalid_file_name',
      'The file name must have at most 255 characters, without a path or control characters.',
    )
  }
}
