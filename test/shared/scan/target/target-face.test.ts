import { describe, expect, test } from '@jest/globals'
import fc from 'fast-check'
import type { LongText } from '../../../../shared/contract/long-text.ts'
import type { FaceEngine } from '../../../../shared/face/port.ts'
import { analyseTarget } from '../../../../shared/scan/target/target-face.ts'

/** The bytes that reach the engine, which is a mock. */
async function bytesOf(image: string | LongText): Promise<Buffer> {
  let read = Buffer.alloc(0)
  const analyse: FaceEngine['analyse'] = async (bytes) => {
    read = Buffer.from(bytes)
    return { width: 1, height: 1, faces: [] }
  }
  await analyseTarget(image, { analyse } as FaceEngine)
  return read
}

/** Bytes whose base64 has every special character: `+`, `/` and two `=`. */
const BYTES = Buffer.from([0xff, 0xd8, 0xff, 0xe0, 0xfb, 0xef, 0xbe, 0xff, 0xfe, 0x00, 0x2c, 0x25, 0x01])
const BASE64 = BYTES.toString('base64')
const percentEncoded = (bytes: Uint8Array) => [...bytes].map((byte) => `%${hex(byte)}`).join('')
const hex = (byte: number) => byte.toString(16).padStart(2, '0')

describe('a selfie is read', () => {
  test.each([
    ['bare', BASE64],
    ['without padding', BASE64.replace(/=+$/, '')],
    ['with the URL-safe alphabet', BYTES.toString('base64url')],
    ['percent-encoded', encodeURIComponent(BASE64)],
    ['in lines', BASE64.replace(/.{4}/g, '$&\r\n')],
    ['with white space and a byte order mark in front', `\ufeff\n \t${BASE64}\n`],
    ['as a data URI', `data:image/jpeg;base64,${BASE64}`],
    ['as a data URI with white space in front', `\n  data:image/jpeg;base64, ${BASE64}`],
    ['in capitals', `DATA:IMAGE/JPEG;BASE64,${BASE64}`],
    ['without a type', `data:;base64,${BASE64}`],
    ['without a type or an encoding', `data:,${BASE64}`],
    ['as any bytes', `data:application/octet-stream;base64,${BASE64}`],
    ['as a video', `data:video/mp4;base64,${BASE64}`],
    ['as text', `data:text/plain;charset=utf-8;base64,${BASE64}`],
    ['with parameters', `data:image/jpeg;name=My%20selfie%20(1).jpg;quality="0.9";base64,${BASE64}`],
    ['with blanks among the parameters', `data:image/jpeg; charset=utf-8 ; base64,${BASE64}`],
    ['as a data URI with the URL-safe alphabet', `data:image/jpeg;base64,${BYTES.toString('base64url')}`],
    ['as a data URI, percent-encoded', `data:image/jpeg;base64,${encodeURIComponent(BASE64)}`],
    ['as a data URI of percent-encoded bytes', `data:image/jpeg,${percentEncoded(BYTES)}`],
  ])('%s', async (_, image) => {
    expect(await bytesOf(image)).toEqual(BYTES)
  })

  test.each([
    ['base64', `data:image/jpeg;base64,${BASE64}`],
    ['percent-encoded base64', `data:,${encodeURIComponent(BASE64)}`],
    ['percent-encoded bytes', `data:image/jpeg,${percentEncoded(BYTES)}`],
  ])('in pieces, wherever they are cut: %s', async (_, image) => {
    const begin = image.indexOf(',') + 1
    const rest = image.slice(begin)
    for (let length = 1; length <= rest.length; length++) {
      const cut = rest.match(new RegExp(`.{1,${length}}`, 'g')) ?? []
      expect(await bytesOf({ pieces: () => [image.slice(0, begin), ...cut] })).toEqual(BYTES)
    }
  })

  test('whatever its bytes, type and form', async () => {
    const header = fc.constantFrom('', 'data:;base64,', 'data:application/x-photo;a=b;base64,')
    const form = fc.constantFrom<(bytes: Buffer) => string>(
      (bytes) => bytes.toString('base64'),
      (bytes) => bytes.toString('base64url'),
      (bytes) => encodeURIComponent(bytes.toString('base64')),
      (bytes) => bytes.toString('base64').replace(/.{5}/g, '$&\n'),
    )
    await fc.assert(
      fc.asyncProperty(
        fc.uint8Array({ minLength: 1, maxLength: 300 }),
        header,
        form,
        async (bytes, begin, write) => {
          expect(await bytesOf(begin + write(Buffer.from(bytes)))).toEqual(Buffer.from(bytes))
        },
      ),
    )
  })
})

test('a face that was detected twice is one, where it was detected best', async () => {
  const found = (score: number, x: number, y: number, width: number, height: number) => ({
    box: { x, y, width, height },
    score,
    landmarks: new Float32Array(136),
    descriptor: new Float32Array(128),
  })
  const beside = found(0.6, 127, 106, 180, 294)
  const best = found(0.9, 1037, 177, 144, 197)
  const again = found(0.77, 1028, 202, 87, 162)
  const larger = found(0.7, 1010, 150, 200, 240)
  const analyse: FaceEngine['analyse'] = async () => ({
    width: 1300,
    height: 600,
    faces: [beside, larger, best, again],
  })
  const { faces } = await analyseTarget(BASE64, { analyse } as FaceEngine)
  expect(faces).toEqual([beside, best])
})

describe('is refused', () => {
  test.each([' ', 'data:image/jpeg;base64,', 'data:,'])('%j, which is empty', async (image) => {
    const empty = { code: 'invalid_base64', message: 'The image is empty.' }
    await expect(bytesOf(image)).rejects.toMatchObject(empty)
  })

  test.each([
    ['other characters', '%%%'],
    ['percent signs that encode no text', '%ff%d8'],
    ['other characters in a data URI', 'data:image/jpeg;base64,<svg/>'],
    ['other characters after blanks in a data URI', 'data:image/jpeg; base64 ,<svg/>'],
    ['an impossible length', 'AAAAA'],
    ['padding in the middle', 'AAAA==AAAA'],
    ['a link', 'https://example.com/me.jpg'],
  ])('%s', async (_, image) => {
    await expect(bytesOf(image)).rejects.toMatchObject({ code: 'invalid_base64' })
  })

  test.each([
    ['base64', 'A'.repeat(14 * 2 ** 20)],
    ['percent-encoded bytes', `data:,${'\u00a0!'.repeat(4 * 2 ** 20)}`],
  ])('more than 10 MB of %s', async (_, image) => {
    await expect(bytesOf(image)).rejects.toMatchObject({ code: 'image_too_large' })
  })
})
