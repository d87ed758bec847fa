import { once } from 'node:events'
import { readdir } from 'node:fs/promises'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals'
import { parse } from 'content-disposition'
import { AppError } from '../../../shared/contract/app-error.ts'
import { temporaryDir } from '../../temporary-dir.ts'
import { formWith, png, type UploadServer, uploadServer } from './upload-server.ts'

const dir = await temporaryDir()
let server: UploadServer

beforeEach(async () => {
  server = await uploadServer(dir)
})
afterEach(() => server.close())

const temporaryFiles = async () =>
  (await readdir(tmpdir())).filter((name) => name.startsWith(`upload-${process.pid}-`))

describe('POST /drive/upload', () => {
  test('uploads a file and returns its links', async () => {
    const content = png(1_500_000)
    const { status, body } = await server.postForm(formWith(content, 'Ergebnis "1" – 写真.png'))
    expect(status).toBe(200)
    const [id] = await server.stored()
    const link = `${server.base}/drive/files/${id}/content`
    expect(body).toEqual({
      file_id: id,
      name: 'Ergebnis "1" – 写真.png',
      drive_link: link,
      download_link: link,
      qr_url: `${server.base}/drive/qr?url=${encodeURIComponent(link)}`,
      page_url: new URL(`/p/${id}`, server.base).href,
    })
    const download = await fetch(body.download_link)
    expect(download.headers.get('content-type')).toBe('image/png')
    const disposition = parse(download.headers.get('content-disposition') ?? '')
    expect(disposition.parameters.filename).toBe('Ergebnis "1" – 写真.png')
    expect(Buffer.compare(Buffer.from(await download.arrayBuffer()), content)).toBe(0)
  })

  test('determines the type by the bytes, not by the name', async () => {
    const form = new FormData()
    form.set('file', new Blob([new Uint8Array(png())], { type: 'text/html' }), 'page.html')
    const { body } = await server.postForm(form)
    expect((await fetch(body.download_link)).headers.get('content-type')).toBe('image/png')
  })

  /** In one piece, which FormData cuts into many. */
  function postFile(content: Buffer) {
    const part = 'content-disposition: form-data; name="file"; filename="a.png"\r\ncontent-type: image/png'
    const body = Buffer.concat([Buffer.from(`--x\r\n${part}\r\n\r\n`), content, Buffer.from('\r\n--x--\r\n')])
    return server.postRaw(body, { 'content-type': 'multipart/form-data; boundary=x' })
  }

  test('accepts at most 64 MB', async () => {
    const content = Buffer.concat([png(), Buffer.alloc(64 * 2 ** 20)], 64 * 2 ** 20 + 1)
    expect(await postFile(content.subarray(0, -1))).toMatchObject({ status: 200 })
    expect(await postFile(content)).toMatchObject({
      status: 413,
      body: { error: { code: 'file_too_large' } },
    })
    expect(await server.stored()).toHaveLength(1)
  })

  test('rejects a body that is too long, with and without a content length', async () => {
    const long = { 'content-type': 'multipart/form-data; boundary=x' }
    const zeros = new Uint8Array(1024 * 1024)
    let sent = 0
    const endless = () =>
      new ReadableStream<Uint8Array>({
        pull(controller) {
          sent += zeros.length
          if (sent > 70 * 2 ** 20) controller.close()
          else controller.enqueue(zeros)
        },
      })
    const refused = { status: 413, body: { error: { code: 'file_too_large' } } }
    expect(await postFile(Buffer.alloc(80 * 2 ** 20))).toMatchObject(refused)
    expect(await server.postRaw(endless(), long)).toMatchObject(refused)
  })

  test('rejects a folder that does not exist', async () => {
    const { status, body } = await server.postForm(formWith(png(), 'a.png', { folder_id: '1AbCdEfGhIjKl' }))
    expect([status, body.error.code]).toEqual([404, 'folder_not_found'])
  })

  const two = formWith(png())
  two.append('file', new Blob([new Uint8Array(png())]), 'b.png')
  const other = new FormData()
  other.set('image', new Blob([new Uint8Array(png())]), 'a.png')
  const beside = formWith(png())
  beside.set('image', new Blob([new Uint8Array(png())]), 'b.png')
  const text = new FormData()
  text.set('file', 'a.png')
  const nothing = new FormData()
  nothing.set('folder_id', 'abc')

  test.each([
    ['no field at all', new FormData(), 400, /file_missing|invalid_multipart/],
    ['no file', nothing, 400, /file_missing/],
    ['a file in another field', other, 400, /file_missing/],
    ['text instead of a file', text, 400, /file_missing/],
    ['two files', two, 400, /one_file_only/],
    ['a second file in another field', beside, 400, /one_file_only/],
    ['an empty file', formWith(Buffer.alloc(0)), 400, /file_empty/],
    ['text named like an image', formWith(Buffer.from('hello')), 415, /unsupported_file_type/],
    ['an SVG', formWith(Buffer.from('<svg xmlns="x"/>'), 'a.svg'), 415, /unsupported_file_type/],
    ['a path to the parent directory', formWith(png(), '../../etc/passwd.png'), 400, /invalid_file_name/],
    ['an absolute path', formWith(png(), '/etc/a.png'), 400, /invalid_file_name/],
    ['a Windows path', formWith(png(), 'C:\\photos\\a.png'), 400, /invalid_file_name/],
    ['two dots', formWith(png(), '..'), 400, /invalid_file_name/],
    ['a null byte', formWith(png(), 'a\0.png'), 400, /invalid_multipart|invalid_file_name/],
    ['a name of 256 characters', formWith(png(), 'x'.repeat(256)), 400, /invalid_file_name/],
    ['a bad folder', formWith(png(), 'a.png', { folder_id: "x' or '1'='1" }), 400, /invalid_request/],
  ])('%s is refused', async (_, form, status, code) => {
    const answer = await server.postForm(form)
    expect(answer.status).toBe(status)
    expect(answer.body).toEqual({ error: { code: expect.stringMatching(code), message: expect.any(String) } })
    expect(await server.stored()).toEqual([])
  })

  const part = (name: string, more = '') =>
    `--x\r\ncontent-disposition: form-data; name="${name}"${more}\r\n\r\n`
  const image = png().toString('latin1')
  test.each([
    ['cut off in the file', part('file', '; filename="a.png"') + image],
    ['cut off in the boundary', `${part('file', '; filename="a.png"')}${image}\r\n--x`],
    ['cut off in the headers', '--x\r\ncontent-disposition: form-da'],
    ['without a boundary', image],
    ['with invalid headers', `--x\r\n\0\0\0\r\n\r\n${image}\r\n--x--`],
    ['without content', ''],
  ])('a form %s is refused', async (_, form) => {
    const body = Buffer.from(form, 'latin1')
    const { status, body: answer } = await server.postRaw(body, {
      'content-type': 'multipart/form-data; boundary=x',
    })
    expect([status, answer.error.code]).toEqual([400, 'invalid_multipart'])
    expect(await server.stored()).toEqual([])
  })

  const png1 = `${image}\r\n--x--\r\n`
  const sent = (form: string) =>
    server.postRaw(Buffer.from(form, 'latin1'), { 'content-type': 'multipart/form-data; boundary=x' })

  test.each([
    ['escaped as browsers do', 'filename="say %22hi%22.png"', 'say "hi".png'],
    ['escaped as older clients do', 'filename="say \\"hi\\".png"', 'say "hi".png'],
    ['with other percent signs', 'filename="100%25 %2F %0.png"', '100%25 %2F %0.png'],
    ['with semicolons', 'filename="a; b=c; .png"', 'a; b=c; .png'],
    ['in the extended form', 'filename="?.png"; filename*=UTF-8\'\'%C3%9C%201.png', 'Ü 1.png'],
    ['without quotes', 'filename=a.png', 'a.png'],
    ['with blanks around', 'filename=" a.png "', ' a.png '],
  ])('a name comes out as it was: %s', async (_, parameter, name) => {
    const { status, body } = await sent(part('file', `; ${parameter}`) + png1)
    expect([status, body.name]).toEqual([200, name])
  })

  const typed = (type: string, more = '') =>
    `--x\r\nContent-Disposition: Form-Data; name=file${more}\r\nContent-Type: ${type}\r\n\r\n`
  test.each([
    ['no name', part('file') + png1],
    ['no name, and a type', typed('image/png') + png1],
    ['no name, and a type that says nothing', typed('application/octet-stream') + png1],
    ['an empty name, and a type', typed('image/png', '; filename=""') + png1],
    [
      'an empty name, and a type that says nothing',
      typed('application/octet-stream', '; filename=""') + png1,
    ],
    ['a blank name', typed('image/png', '; filename="  "') + png1],
  ])('a file with %s is told so', async (_, form) => {
    const { status, body } = await sent(form)
    expect([status, body.error]).toEqual([
      400,
      { code: 'file_missing', message: expect.stringContaining('has no name') },
    ])
  })

  test.each([
    ['JPEG XL', Buffer.from('0000000c4a584c200d0a870a', 'hex')],
    ['Photoshop', Buffer.from('8BPS\0\x01')],
    ['RAW', Buffer.from('II*\0\x10\0\0\0CR\x02\0')],
  ])('%s is refused by its name', async (format, content) => {
    const { status, body } = await server.postForm(formWith(content, 'a.jpg'))
    expect([status, body.error]).toEqual([
      415,
      {
        code: 'unsupported_file_type',
        message: expect.stringContaining(`${format} files cannot be uploaded`),
      },
    ])
  })

  test('a form in which no file was chosen has none', async () => {
    const { body } = await sent(`${typed('application/octet-stream', '; filename=""')}\r\n--x--\r\n`)
    expect(body.error).toEqual({
      code: 'file_missing',
      message: expect.stringContaining('contains no file'),
    })
  })

  test.each(['', '  '])('an empty folder id is none: %j', async (folder_id) => {
    expect(await server.postForm(formWith(png(), 'a.png', { folder_id }))).toMatchObject({ status: 200 })
  })

  test.each(['application/json', 'image/png', 'multipart/form-data', 'multipart/mixed; boundary=x', 'x'])(
    'the content type %s is refused',
    async (type) => {
      const { status, body } = await server.postRaw(new Uint8Array(png()), { 'content-type': type })
      expect([status, body.error.code]).toEqual([415, 'unsupported_media_type'])
    },
  )

  test('a client that disconnects leaves no files behind', async () => {
    const { hostname, port } = new URL(server.base)
    const socket = connect(Number(port), hostname)
    socket.write(
      'POST /api/v1/drive/upload HTTP/1.1\r\nhost: localhost\r\ncontent-length: 1000000\r\n' +
        `content-type: multipart/form-data; boundary=x\r\n\r\n${part('file', '; filename="a.png"')}`,
    )
    socket.write(png(300_000))
    await once(socket, 'connect')
    socket.destroy()
    await once(socket, 'close')
    await server.postForm(formWith(png()))
    expect(await server.stored()).toHaveLength(1)
    // Nobody waits for what is deleted behind a client that has gone.
    while ((await temporaryFiles()).length > 0) await new Promise(setImmediate)
  })

  test('passes on the error of the Drive and deletes the temporary file', async () => {
    for (const [code, status] of [
      ['uploader_not_authorized', 500],
      ['drive_unavailable', 502],
      ['drive_quota_exceeded', 502],
    ] as const) {
      const broken = await uploadServer(dir, {
        between: (drive) => ({
          ...drive,
          upload: () => Promise.reject(new AppError(code, `The remedy for ${code}.`)),
        }),
      })
      const answer = await broken.postForm(formWith(png()))
      expect(answer).toMatchObject({ status, body: { error: { code, message: `The remedy for ${code}.` } } })
      await broken.close()
    }
    expect(await temporaryFiles()).toEqual([])
  })

  test('a Drive may read the file repeatedly and from any offset', async () => {
    const content = png(1_000_000)
    const read: Buffer[] = []
    const picky = await uploadServer(dir, {
      between: (drive) => ({
        ...drive,
        async upload(source, ...rest) {
          for (const offset of [0, 262_144, 999_999, 10]) {
            const chunks = []
            for await (const chunk of source.open(offset)) {
              chunks.push(chunk)
              // An interrupted upload abandons the stream.
              if (offset === 262_144) break
            }
            read.push(Buffer.concat(chunks))
          }
          await drive.upload(source, ...rest)
        },
      }),
    })
    expect((await picky.postForm(formWith(content))).status).toBe(200)
    expect(read.map((bytes) => bytes.length)).toEqual([1_000_000, 262_144, 1, 999_990])
    expect(read[3]?.equals(content.subarray(10))).toBe(true)
    expect(await picky.stored()).toHaveLength(1)
    await picky.close()
  })
})

describe('POST /drive/upload-job', () => {
  test('uploads the image of a finished job and sets its Drive columns', async () => {
    await server.addJob('job-1')
    const { status, body } = await server.post('/drive/upload-job', { job_id: 'job-1' })
    const [id] = await server.stored()
    const link = `${server.base}/drive/files/${id}/content`
    expect(status).toBe(200)
    expect(body).toEqual({
      job_id: 'job-1',
      drive_file_id: id,
      drive_link: link,
      download_link: link,
      qr_url: `${server.base}/drive/qr?url=${encodeURIComponent(link)}`,
      page_url: new URL(`/p/${id}`, server.base).href,
      drive_uploaded_at: expect.any(String),
    })
    const { page_url: _, ...columns } = body
    expect(await server.jobs.get('job-1')).toMatchObject(columns)
    expect(await server.post('/drive/upload-job', { job_id: 'job-1' })).toMatchObject({ status: 200, body })
    expect(await server.stored()).toEqual([id])
  })

  test('reports why a job cannot be uploaded', async () => {
    await server.addJob('running', 'processing')
    await server.jobs.put({
      job_id: 'bare',
      status: 'done',
      compressed_image_path: null,
      result_image_path: null,
    })
    await server.jobs.put({
      job_id: 'gone',
      status: 'done',
      compressed_image_path: '/nowhere/a.jpg',
      result_image_path: null,
    })
    await server.addJob('text', 'done', Buffer.from('hello'))
    await server.addJob('claimed')
    await server.jobs.claim('claimed', Date.now() + 60_000)
    const answer = async (body: unknown) => {
      const { status, body: said } = await server.post('/drive/upload-job', body)
      return [status, said.error.code]
    }
    expect(await answer({ job_id: 'never-put' })).toEqual([404, 'job_not_found'])
    expect(await answer({ job_id: 'running' })).toEqual([409, 'job_not_done'])
    expect(await answer({ job_id: 'bare' })).toEqual([409, 'job_has_no_file'])
    expect(await answer({ job_id: 'gone' })).toEqual([404, 'job_file_not_found'])
    expect(await answer({ job_id: 'text' })).toEqual([415, 'unsupported_file_type'])
    expect(await answer({ job_id: 'claimed' })).toEqual([409, 'job_busy'])
    expect(await answer({ job_id: '' })).toEqual([400, 'invalid_request'])
    expect(await answer({})).toEqual([400, 'invalid_request'])
    expect(await server.stored()).toEqual([])
  })
})
