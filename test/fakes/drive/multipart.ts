import { GoogleError } from './google-error.ts'

interface Part {
  type: string | undefined
  body: Buffer
}

/** The two parts of a multipart/related upload: metadata, then media. */
export function parseRelated(contentType: string | undefined, body: Buffer): [json: Part, media: Part] {
  const boundary = /^multipart\/related;.*\bboundary="?([^";]+)"?/i.exec(contentType ?? '')?.[1]
  if (boundary === undefined) throw malformed('it is not multipart/related')
  const parts: Part[] = []
  const delimiter = Buffer.from(`--${boundary}`)
  for (let at = body.indexOf(delimiter); at >= 0; ) {
    const next = body.indexOf(delimiter, at + delimiter.length)
    if (next < 0) break
    parts.push(parsePart(body.subarray(at + delimiter.length, next)))
    at = next
  }
  const [json, media, ...others] = parts
  if (!json || !media || others.length > 0) throw malformed(`it has ${parts.length} parts`)
  if (!/^application\/json\b/.test(json.type ?? '')) throw malformed('its first part is not JSON')
  return [json, media]
}

/** @param part what is between two delimiters: CRLF, headers, an empty line, the body, CRLF */
function parsePart(part: Buffer): Part {
  const headersEnd = part.indexOf('\r\n\r\n')
  if (headersEnd < 0) throw malformed('a part has no headers')
  const type = /^content-type:\s*(.+)$/im.exec(part.subarray(0, headersEnd).toString())?.[1]?.trim()
  return { type, body: part.subarray(headersEnd + 4, part.length - 2) }
}

function malformed(why: string): GoogleError {
  return new GoogleError(400, 'badContent', `The multipart body cannot be read: ${why}`)
}
