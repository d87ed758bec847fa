import { once } from 'node:events'
import { Worker } from 'node:worker_threads'
import { afterAll, beforeAll, expect, test } from '@jest/globals'
import sharp from 'sharp'
import { qrRoutes } from '../../../functions/qr/handlers.ts'
import { qrUrl } from '../../../shared/jobs/qr-url.ts'
import { countIterations, mostAtOnce } from '../../loop-iterations.ts'

const LINK = 'https://drive.google.com/uc?id=1AbCdEfGhIjKlMnOpQrStUvWxYz0123456&export=download'
// Loops over pixels are some 30 times slower in Jest's sandbox, so they run outside it.
const worker = new Worker(new URL('./qr-worker.ts', import.meta.url))
let base: string

beforeAll(async () => {
  const [port] = await once(worker, 'message')
  base = `http://127.0.0.1:${port}`
})
afterAll(() => worker.terminate())

const qr = (query: Record<string, string>, headers: Record<string, string> = {}) =>
  fetch(`${base}/drive/qr?${new URLSearchParams(query)}`, { headers })

async function read(response: Response) {
  expect(response.status).toBe(200)
  expect(response.headers.get('content-type')).toBe('image/png')
  const image = sharp(Buffer.from(await response.arrayBuffer())).ensureAlpha()
  const { data, info } = await image.raw().toBuffer({ resolveWithObject: true })
  worker.postMessage({ data, width: info.width, height: info.height })
  const [text] = await once(worker, 'message')
  return { width: info.width, height: info.height, text }
}

test('the code contains the link and is 360 pixels wide', async () => {
  expect(await read(await qr({ url: LINK }))).toEqual({ width: 360, height: 360, text: LINK })
  const address = qrUrl(base, LINK)
  expect(address).toBe(`${base}/drive/qr?url=${encodeURIComponent(LINK)}`)
  expect(await read(await fetch(address))).toMatchObject({ text: LINK })
  expect(await read(await fetch(qrUrl(base, LINK, 500)))).toEqual({
    width: 500,
    height: 500,
    text: LINK,
  })
})

test('every size is exact and readable', async () => {
  const sizes = [64, 65, 99, 100, 127, 200, 256, 333, 361, 512, 777, 1000, 1023, 1024]
  for (const size of sizes) {
    expect(await read(await qr({ url: LINK, size: String(size) }))).toEqual({
      width: size,
      height: size,
      text: LINK,
    })
  }
})

test.each(
  [
    'http://localhost:8000/',
    'HTTPS://example.com/UPPER?a=1&b=2#c',
    'https://example.com/%E5%86%99%E7%9C%9F?q=a+b%20c',
    `https://example.com/${'a'.repeat(2048 - 'https://example.com/'.length)}`,
  ].map((url) => [url.slice(0, 60), url]),
)('%s comes back as it was', async (_, url) => {
  expect(await read(await qr({ url, size: '1024' }))).toMatchObject({ text: url })
})

test.each([
  ['https://example.com/写真/Ümläut', 'https://example.com/%E5%86%99%E7%9C%9F/%C3%9Cml%C3%A4ut'],
  ['https://Bücher.example/?q=日本#é', 'https://xn--bcher-kva.example/?q=%E6%97%A5%E6%9C%AC#%C3%A9'],
  ['https://例え.テスト/a%20b', 'https://xn--r8jz45g.xn--zckzah/a%20b'],
  ['https://example.com/😀', 'https://example.com/%F0%9F%98%80'],
])('%s becomes the same URL in ASCII', async (url, ascii) => {
  expect(await read(await qr({ url, size: '1024' }))).toMatchObject({ text: ascii })
  expect(new URL(url).href).toBe(ascii)
})

test.each([
  ['no url', {}],
  ['an empty url', { url: '' }],
  ['no scheme', { url: 'example.com' }],
  ['a script', { url: 'javascript:alert(1)' }],
  ['a file', { url: 'file:///etc/passwd' }],
  ['data', { url: 'data:text/html,x' }],
  ['no host', { url: 'https://' }],
  ['a space', { url: 'https://example.com/a b' }],
  ['a line break', { url: 'https://example.com/\nx' }],
  ['2,049 characters', { url: `https://example.com/${'a'.repeat(2049 - 'https://example.com/'.length)}` }],
  ['more bytes than a code holds', { url: `https://example.com/${'写'.repeat(900)}` }],
  ['a size too small', { url: LINK, size: '63' }],
  ['a size too large', { url: LINK, size: '1025' }],
  ['a size that is no number', { url: LINK, size: 'large' }],
  ['a fraction', { url: LINK, size: '100.5' }],
  ['a size too small for so long a url', { url: `https://example.com/${'a'.repeat(1000)}`, size: '64' }],
])('%s is refused', async (_, query) => {
  const response = await qr(query as Record<string, string>)
  expect(response.status).toBe(400)
  expect(await response.json()).toEqual({
    error: { code: 'invalid_request', message: expect.stringMatching(/^(url|size) (is|must be) /) },
  })
})

test('the image can be cached, and revalidation returns 304', async () => {
  const first = await qr({ url: LINK })
  const etag = first.headers.get('etag') ?? ''
  expect(etag).toMatch(/^"[\w-]+"$/)
  expect(first.headers.get('cache-control')).toBe('public, max-age=86400')
  for (const known of [etag, `W/${etag}`, `"other", ${etag}`, '*']) {
    const again = await qr({ url: LINK }, { 'if-none-match': known })
    expect([again.status, again.headers.get('etag'), await again.text()]).toEqual([304, etag, ''])
  }
  const others = [await qr({ url: LINK, size: '361' }), await qr({ url: `${LINK}1` })]
  expect(new Set([etag, ...others.map((other) => other.headers.get('etag'))]).size).toBe(3)
})

test('of many images that are asked for at once, one is made in each iteration of the event loop', async () => {
  const routes = qrRoutes()
  const made = await countIterations((iteration) =>
    Promise.all(
      Array.from({ length: 10 }, async (_, index) => {
        const response = await routes.request(`/drive/qr?size=64&url=http://a.example/${index}`)
        expect(response.status).toBe(200)
        return iteration()
      }),
    ),
  )
  expect(mostAtOnce(made)).toBe(1)
})
