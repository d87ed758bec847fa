type Json = null | boolean | number | string | Json[] | { [key: string]: Json }

/**
 * Converts an AsyncAPI document to what its viewer expects from a parser: references are replaced by their targets, and
 * names and ids are where the parser would put them. The document must not contain circular references.
 */
export function viewerDocument(document: object): object {
  const root = JSON.parse(JSON.stringify(document)) as Json

  function resolved(value: Json): Json {
    if (Array.isArray(value)) return value.map(resolved)
    if (value === null || typeof value !== 'object') return value
    if (typeof value.$ref === 'string') return referred(value.$ref)
    return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, resolved(inner)]))
  }

  function referred(reference: string): Json {
    const path = reference.replace(/^#\//, '').split('/')
    const target = path.reduce<Json | undefined>(
      (value, key) => (value && typeof value === 'object' && !Array.isArray(value) ? value[key] : undefined),
      root,
    )
    if (target === undefined) throw new Error(`The reference ${reference} has no target.`)
    const value = resolved(target)
    const name = path.at(-1) ?? ''
    if (value === null || typeof value !== 'object' || Array.isArray(value)) return value
    if (path[1] === 'schemas') return { ...value, 'x-parser-schema-id': name }
    // The viewer identifies channels and messages by this.
    return { ...value, 'x-parser-unique-object-id': name }
  }

  const value = resolved(root) as Record<string, Json>
  return { ...value, 'x-parser-spec-parsed': true, 'x-parser-api-version': 3 }
}
