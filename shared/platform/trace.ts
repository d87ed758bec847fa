import { subscribe } from 'node:diagnostics_channel'
import type { IncomingHttpHeaders, IncomingMessage } from 'node:http'
import { requestTrace, type TraceFields } from './log.ts'

/**
 * From now on, what is logged while an HTTP request of this process is answered carries the request's trace. Works for
 * every kind of function, of which some never see the request. Upgraded connections have none.
 */
export function followTraces(projectId: string): void {
  subscribe('http.server.request.start', (message) => {
    const { request } = message as { request: IncomingMessage }
    requestTrace.enterWith(traceOf(request.headers, projectId))
  })
}

/**
 * The trace that Cloud Run names in `traceparent` (https://www.w3.org/TR/trace-context/, version 00) or in the older
 * `X-Cloud-Trace-Context: TRACE/SPAN;o=SAMPLED`, whose span is a decimal number.
 */
export function traceOf(headers: IncomingHttpHeaders, projectId: string): TraceFields | undefined {
  const { traceparent, 'x-cloud-trace-context': cloudTrace } = headers
  const w3c = /^00-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})$/.exec(String(traceparent))
  if (w3c) {
    const [, trace = '', span = '', flags = ''] = w3c
    return traceFields(projectId, trace, span, (Number.parseInt(flags, 16) & 1) === 1)
  }
  const google = /^([0-9a-f]{32})(?:\/(\d{1,20}))?(?:;o=(\d))?$/i.exec(String(cloudTrace))
  if (!google) return undefined
  const [, trace = '', span, sampled] = google
  const hexadecimal = span && BigInt(span).toString(16).padStart(16, '0')
  return traceFields(
    projectId,
    trace.toLowerCase(),
    hexadecimal,
    sampled === undefined ? undefined : sampled === '1',
  )
}

function traceFields(
  projectId: string,
  trace: string,
  span: string | undefined,
  sampled: boolean | undefined,
): TraceFields {
  return {
    'logging.googleapis.com/trace': `projects/${projectId}/traces/${trace}`,
    ...(span && { 'logging.googleapis.com/spanId': span }),
    ...(sampled !== undefined && { 'logging.googleapis.com/trace_sampled': sampled }),
  }
}
