import { request } from 'node:http'
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import sharp from 'sharp'
import { pngHeader } from '../shared/face/photos.ts'
import { type Api, apiOf, base64Of } from './api.ts'
import type { Product } from './scan-suite.ts'

/** Bad input of every kind gets its status and code, and the server keeps serving. */
export function errorsSuite(name: string, running: () => Promise<Product>): void {
  describe(`bad input: ${name}`, () => {
    let product: Product
    let api: Api
    let good: { drive_link: string; target_face: string; access_token: string }
    let blank: string

    beforeAll(async () => {
      product = await running()
      api = apiOf(product.url)
      const target_face = await base64Of(product.selfie)
      good = { drive_link: 'local:/second-day', target_face, access_token: 'token' }
      const pixels = { create: { width: 300, height: 300, channels: 3 as const, background: '#888' } }
      blank = (await sharp(pixels).jpeg().toBuffer()).toString('base64')
    })
    afterAll(async () => {
      expect((await fetch(`${product.url}/health`)).status).toBe(200)
    })

    const refused = async (body: unknown, headers?: Record<string, string>) => {
      const answer = await api.post('/scan', body, headers)
      expect(answer.body).toEqual({
        error: { code: answer.body.error.code, message: expect.stringMatching(/\w+.*\.?$/) },
      })
      return [answer.status, answer.body.error.code]
    }

    test.each([
      ['a body that is not JSON', 400, 'invalid_json', () => '{"drive_link":'],
      ['an empty body', 400, 'invalid_json', () => ''],
      ['a body that is no object', 400, 'invalid_request', () => []],
      ['no link', 400, 'invalid_request', () => ({ ...good, drive_link: undefined })],
      ['no selfie', 400, 'invalid_request', () => ({ ...good, target_face: undefined })],
      ['no token', 400, 'invalid_request', () => ({ ...good, access_token: undefined })],
      ['an empty token', 400, 'invalid_request', () => ({ ...good, access_token: '' })],
      ['a number for the link', 400, 'invalid_request', () => ({ ...good, drive_link: 7 })],
      [
        'another site',
        400,
        'invalid_link',
        () => ({ ...good, drive_link: 'https://example.com/folders/abc' }),
      ],
      [
        'a link to a file',
        400,
        'invalid_link',
        () => ({ ...good, drive_link: 'https://drive.google.com/file/d/1A/view' }),
      ],
      ['a link out of the photos', 400, 'invalid_link', () => ({ ...good, drive_link: 'local:/../..' })],
      [
        'a folder that is not there',
        404,
        'folder_not_found',
        () => ({ ...good, drive_link: 'local:/nowhere' }),
      ],
      ['a selfie that is not base64', 400, 'invalid_base64', () => ({ ...good, target_face: '%%%' })],
      [
        'a selfie that is no image',
        400,
        'not_an_image',
        () => ({ ...good, target_face: btoa('hello '.repeat(50)) }),
      ],
      [
        'a truncated selfie',
        400,
        'not_an_image',
        () => ({ ...good, target_face: good.target_face.slice(0, 800) }),
      ],
      ['a selfie without a face', 400, 'no_face', () => ({ ...good, target_face: blank })],
      ['an expired token', 401, 'token_expired', () => ({ ...good, access_token: 'expired' })],
      [
        'an expired token before a bad selfie',
        401,
        'token_expired',
        () => ({ ...good, access_token: 'expired', target_face: '%' }),
      ],
      [
        'a bad selfie before a missing folder',
        400,
        'no_face',
        () => ({ ...good, target_face: blank, drive_link: 'local:/nowhere' }),
      ],
      [
        'a selfie above 10 MB',
        413,
        'image_too_large',
        () => ({ ...good, target_face: 'A'.repeat(14_200_000) }),
      ],
      [
        'a request above 16 MB',
        413,
        'body_too_large',
        () => ({ ...good, target_face: 'A'.repeat(17_000_000) }),
      ],
    ])('%s: %i %s', async (_, status, code, body) => {
      expect(await refused(body())).toEqual([status, code])
    })

    test('a body that is not declared as JSON: 415', async () => {
      const headers = { 'content-type': 'text/plain' }
      expect(await refused(JSON.stringify(good), headers)).toEqual([415, 'unsupported_media_type'])
    })

    test('a selfie above 250 megapixels: 413', async () => {
      const huge = pngHeader(20_000, 20_000).toString('base64')
      expect(await refused({ ...good, target_face: huge })).toEqual([413, 'image_too_large'])
    })

    test('a request that is longer than its Content-Length does not stop the server', async () => {
      await new Promise<void>((resolve) => {
        const lying = request(`${api.base}/scan`, {
          method: 'POST',
          headers: { 'content-length': '10', 'content-type': 'application/json' },
        })
        lying.on('error', () => resolve())
        lying.on('response', (response) => response.resume().on('end', resolve))
        lying.end('{"drive_li')
      })
    })

    test('an unknown path: 404, a wrong method: 405', async () => {
      expect(await api.get('/nothing')).toMatchObject({ status: 404, body: { error: { code: 'not_found' } } })
      const wrong = await api.get('/scan')
      expect(wrong).toMatchObject({ status: 405, body: { error: { code: 'method_not_allowed' } } })
      expect(wrong.headers.get('allow')).toBe('POST')
    })

    test('the status of a scan that never existed is unknown, whatever its id', async () => {
      const unknown = '00000000-0000-4000-8000-000000000000'
      expect((await api.get(`/scan/${unknown}/status`)).body).toEqual({ scan_id: unknown, status: 'unknown' })
      expect((await api.get('/scan/..%2f..%2fetc/status')).status).toBe(200)
      expect((await api.get(`/scan/${unknown}/matches?key=x`)).body.error.code).toBe('scan_not_found')
      expect((await api.get(`/scan/${unknown}/matches?key=x&limit=0`)).body.error.code).toBe(
        'invalid_request',
      )
    })

    test('pages on this machine may call the API, others get no CORS headers', async () => {
      const preflight = (origin: string) =>
        fetch(`${api.base}/scan`, {
          method: 'OPTIONS',
          headers: {
            origin,
            'access-control-request-method': 'POST',
            'access-control-request-headers': 'content-type',
          },
        })
      const own = await preflight('http://localhost:3000')
      expect(own.headers.get('access-control-allow-origin')).toBe('http://localhost:3000')
      expect(
        (await preflight('https://elsewhere.example')).headers.get('access-control-allow-origin'),
      ).toBeNull()
    })
  })
}
