import { once } from 'node:events'
import { readFile } from 'node:fs/promises'
import type { Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { cloudEvent, http } from '@google-cloud/functions-framework'
import { getTestServer } from '@google-cloud/functions-framework/testing'
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { createLog } from '../../../shared/platform/log.ts'
import { followTraces, traceOf } from '../../../shared/platform/trace.ts'

const lines: Record<string, unknown>[] = []
const log = createLog('info', { write: (line) => lines.push(JSON.parse(line)) })

/** What the call logs. */
function logged(call: () => void): Record<string, unknown> | undefined {
  const before = lines.length
  call()
  return lines[before]
}

const TYPE = 'type.googleapis.com/google.devtools.clouderrorreporting.v1beta1.ReportedErrorEvent'
const TRACE = '0af7651916cd43dd8448eb211c80319c'
const OTHER = '4bf92f3577b34da6a3ce929d0e0e4736'

describe('Error Reporting', () => {
  test('gets the stack of an error and of its causes', () => {
    const err = new Error('cannot read', { cause: new Error('the disk is gone') })
    const line = logged(() => log.error({ err, file_id: '1' }, 'a file failed'))
    expect(line).toMatchObject({ severity: 'ERROR', message: 'a file failed', file_id: '1' })
    expect(line?.stack_trace).toMatch(
      /^Error: cannot read\n {4}at .*log\.test\.ts[\s\S]*Error: the disk is gone\n {4}at /,
    )
    expect(line).not.toHaveProperty('@type')
  })

  test('gets no absolute path of this machine, and of addresses the host alone', async () => {
    const missing = await readFile('/home/somebody/my photos/a.jpg').catch((error: unknown) => error)
    const secret = 'https://drive.example/files/1?key=SECRET'
    const lost = Object.assign(new Error(`cannot read ${secret}`, { cause: missing }), {
      path: '/home/somebody/b.jpg',
      config: { url: secret },
      code: 'ENOENT',
    })
    const line = logged(() => log.error({ err: lost }, 'a file failed'))
    expect(JSON.stringify(line)).not.toMatch(
      /somebody|SECRET|files\/1|"[^"]*(?<![.\w])\/(home|work|tmp|root|usr)\//,
    )
    expect(JSON.stringify(line)).not.toContain(process.cwd())
    expect(line?.err).toMatchObject({
      message: "cannot read https://drive.example: ENOENT: no such file or directory, open 'a.jpg'",
      code: 'ENOENT',
    })
    // Where it happened is still told.
    expect(line?.stack_trace).toMatch(/at .*test\/shared\/platform\/log\.test\.ts:\d+/)
  })

  test('gets an error without a stack by its type', () => {
    expect(logged(() => log.error({ file_id: '1' }, 'gave up'))).toMatchObject({
      '@type': TYPE,
      severity: 'ERROR',
      message: 'gave up',
    })
  })

  test('is not told of warnings', () => {
    const line = logged(() => log.warn({ err: new Error('slow') }, 'tried again'))
    expect(line).toMatchObject({ severity: 'WARNING', err: { message: 'slow' } })
    expect(line).not.toHaveProperty('@type')
    expect(line).not.toHaveProperty('stack_trace')
  })
})

test.each([
  [{ traceparent: `00-${TRACE}-b7ad6b7169203331-01` }, 'b7ad6b7169203331', true],
  [{ traceparent: `00-${TRACE}-b7ad6b7169203331-00` }, 'b7ad6b7169203331', false],
  [{ 'x-cloud-trace-context': `${TRACE}/10;o=1` }, '000000000000000a', true],
  [{ 'x-cloud-trace-context': TRACE }, undefined, undefined],
])('reads the trace of %j', (headers, span, sampled) => {
  expect(traceOf(headers, 'demo')).toEqual({
    'logging.googleapis.com/trace': `projects/demo/traces/${TRACE}`,
    ...(span && { 'logging.googleapis.com/spanId': span }),
    ...(sampled !== undefined && { 'logging.googleapis.com/trace_sampled': sampled }),
  })
})

test.each([[{}], [{ traceparent: 'none' }], [{ 'x-cloud-trace-context': '/1;o=1' }]])(
  'reads none of %j',
  (headers) => {
    expect(traceOf(headers, 'demo')).toBeUndefined()
  },
)

describe('lines of a function', () => {
  const servers: Server[] = []
  const waiting: (() => void)[] = []

  beforeAll(async () => {
    followTraces('demo')
    http('byHttp', async (request, response) => {
      await new Promise<void>((resolve) => waiting.push(resolve))
      log.info({ call: request.body?.call }, 'answered')
      response.end()
    })
    cloudEvent('byEvent', async ({ id }: { id: string }) => {
      await new Promise<void>((resolve) => waiting.push(resolve))
      log.info({ call: id }, 'handled')
    })
    for (const name of ['byHttp', 'byEvent']) {
      const server = getTestServer(name)
      servers.push(server)
      await once(server.listen(0, '127.0.0.1'), 'listening')
    }
  })
  afterAll(() => Promise.all(servers.map((server) => new Promise((resolve) => server.close(resolve)))))

  test.each([
    ['an HTTP function', 0],
    ['an event function', 1],
  ])('of %s carry the trace of their own request', async (_, index) => {
    const { port } = (servers[index] as Server).address() as AddressInfo
    const call = (id: string, headers: Record<string, string>) =>
      fetch(`http://127.0.0.1:${port}`, {
        method: 'POST',
        body: JSON.stringify({ call: id }),
        headers: {
          'content-type': 'application/json',
          connection: 'close',
          'ce-id': id,
          'ce-specversion': '1.0',
          'ce-type': 'test',
          'ce-source': '//test',
          ...headers,
        },
      })
    const before = lines.length
    const calls = [
      call('first', { traceparent: `00-${TRACE}-b7ad6b7169203331-01` }),
      call('second', { 'x-cloud-trace-context': `${OTHER}/10;o=1` }),
      call('third', {}),
    ]
    // All of them are under way before the first one logs.
    while (waiting.length < calls.length) await new Promise(setImmediate)
    for (const resolve of waiting.splice(0)) resolve()
    const responses = await Promise.all(calls)
    expect(responses.every(({ ok }) => ok)).toBe(true)
    const traces = Object.fromEntries(
      lines.slice(before).map((line) => [line.call, line['logging.googleapis.com/trace']]),
    )
    expect(traces).toEqual({
      first: `projects/demo/traces/${TRACE}`,
      second: `projects/demo/traces/${OTHER}`,
      third: undefined,
    })
  })
})
