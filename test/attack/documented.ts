import { Ajv2020 } from 'ajv/dist/2020.js'
import formats from 'ajv-formats'

/** What the server's own OpenAPI document says about an answer. */
export interface Documented {
  /** Returns what is wrong with an answer; undefined if it is one of the documented ones. `body` is the text. */
  fault(answer: Answer): string | undefined
}

interface Answer {
  method: string
  /** Below the base path, with its query. */
  path: string
  status: number
  type: string | null
  body: string
}

interface Operation {
  responses: Record<string, { content?: Record<string, unknown> }>
}

export async function documentedBy(url: string): Promise<Documented> {
  const response = await fetch(`${url}/api/v1/openapi.json`)
  const document = (await response.json()) as { paths: Record<string, Record<string, Operation>> }
  const ajv = new Ajv2020({ strict: false })
  // The export of a CommonJS module is its `default` twice.
  const addFormats = 'default' in formats ? (formats.default as unknown as (of: Ajv2020) => void) : formats
  ;(addFormats as (of: Ajv2020) => void)(ajv)
  ajv.addSchema(document, 'api')
  const paths = Object.keys(document.paths).map((path) => ({
    path,
    pattern: new RegExp(`^${path.replace(/\{\w+\}/g, '[^/]+')}$`),
  }))

  return {
    fault({ method, path, status, type, body }) {
      const named = `${method} ${path.split('?')[0]} answered ${status}`
      const found = paths.find(({ pattern }) => pattern.test(path.split('?')[0] ?? ''))
      const operation = found && document.paths[found.path]?.[method.toLowerCase()]
      if (!found || !operation) {
        // What no document names has to say so.
        const missing = [404, 405].includes(status) && matches('#/components/schemas/ErrorResponse', body)
        return missing ? undefined : `${named}, a path that is not documented`
      }
      const expected = operation.responses[status]
      if (!expected) return `${named}, which is not documented: ${body.slice(0, 200)}`
      const media = type?.split(';')[0] ?? ''
      if (!expected.content) return body === '' ? undefined : `${named} with a body`
      const kinds = [media, `${media.split('/')[0]}/*`]
      if (!kinds.some((kind) => kind in (expected.content ?? {})))
        return `${named} as ${media}, which is not documented`
      if (media !== 'application/json') return undefined
      const pointer = ['paths', found.path, method.toLowerCase(), 'responses', String(status)]
      const schema = [...pointer, 'content', media, 'schema']
        .map((part) => encodeURIComponent(part.replaceAll('~', '~0').replaceAll('/', '~1')))
        .join('/')
      return matches(`#/${schema}`, body) ? undefined : `${named} with another body: ${body.slice(0, 200)}`
    },
  }

  function matches(pointer: string, body: string): boolean {
    try {
      const validate = ajv.getSchema(`api${pointer}`)
      if (!validate) throw new Error(`no schema at ${pointer}`)
      return validate(JSON.parse(body)) === true
    } catch (error) {
      if (error instanceof SyntaxError) return false
      throw error
    }
  }
}
