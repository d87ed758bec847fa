import { createRequire } from 'node:module'
import SwaggerParser from '@apidevtools/swagger-parser'
import { describe, expect, test } from '@jest/globals'
import { Ajv } from 'ajv'
import addFormats from 'ajv-formats'
import { asyncApiDocument } from '../../../shared/contract/documents/asyncapi.ts'
import { openApiDocument } from '../../../shared/contract/documents/openapi.ts'

const asyncApiSchema = createRequire(import.meta.url)('@asyncapi/specs/schemas/3.0.0-without-$id.json')
const BASE = 'http://localhost:8000/api/v1'

describe('the API documents', () => {
  test('the OpenAPI document is valid OpenAPI 3.1', async () => {
    const document = openApiDocument(BASE)
    const parsed = await SwaggerParser.validate(structuredClone(document) as never)
    expect(Object.keys(parsed.paths ?? {})).toContain('/scan')
    expect(document.openapi).toBe('3.1.0')
  })

  test('the AsyncAPI document is valid AsyncAPI 3.0, with every event', () => {
    const ajv = new Ajv({ strict: false, allErrors: true })
    addFormats.default(ajv)
    const validate = ajv.compile(asyncApiSchema)
    const document = asyncApiDocument(BASE)
    validate(document)
    expect(validate.errors).toBeNull()
    expect(Object.keys(document.components.messages)).toEqual([
      'StartedEvent',
      'ListedEvent',
      'ProgressEvent',
      'MatchEvent',
      'FileErrorEvent',
      'SuggestionEvent',
      'CompletedEvent',
      'TokenExpiredEvent',
      'AlbumEvent',
    ])
  })

  test('both are valid without a server URL', async () => {
    await SwaggerParser.validate(structuredClone(openApiDocument('/api/v1')) as never)
    const ajv = new Ajv({ strict: false, allErrors: true })
    addFormats.default(ajv)
    const validate = ajv.compile(asyncApiSchema)
    validate(asyncApiDocument())
    expect(validate.errors).toBeNull()
  })

  test('a pattern means the same to every reader, whatever flags it is compiled with', () => {
    const patterns = [
      ...JSON.stringify(openApiDocument(BASE)).matchAll(/"pattern":("(?:[^"\\]|\\.)*")/g),
    ].map(([, literal = '']) => JSON.parse(literal))
    expect(patterns).not.toEqual([])
    expect(patterns.filter((pattern) => /\\p\{/.test(pattern))).toEqual([])
    for (const flags of ['', 'u']) for (const pattern of patterns) new RegExp(pattern, flags)
  })

  test('every reference in the AsyncAPI document resolves', () => {
    const document = asyncApiDocument(BASE)
    const references = [...JSON.stringify(document).matchAll(/"\$ref":"#\/([^"]+)"/g)].map(
      (match) => match[1] ?? '',
    )
    expect(references.length).toBeGreaterThan(10)
    for (const reference of references) {
      const found = reference
        .split('/')
        .reduce<unknown>((part, key) => (part as Record<string, unknown> | undefined)?.[key], document)
      expect([reference, found]).toEqual([reference, expect.anything()])
    }
  })
})
