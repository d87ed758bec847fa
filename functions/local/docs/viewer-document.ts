type Json = null | boolean | number | string | Json[] | { [key: string]: Json }

/**
 * An AsyncAPI document in the form its viewer wants instead of carrying a parser along: references replaced by what
 * they refer to, names and ids where the parser would put them. The document must not refer to itself in a circle.
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
    if (target === undefined) throw new Error(`${reference} refers to nothing`)
    const value = resolved(target)
    const name = path.at(-1) ?? ''
    if (value === null || typeof value !== 'object' || Array.isArray(value)) return value
    if (path[1] === 'schemas') return { ...value, 'x-parser-schema-id': name }
    // The viewer tells channels and messages apart by this.
    return { ...value, 'x-parser-unique-object-id': name }
  }

  const value = resolved(root) as Record<string, Json>
  return { ...value, 'x-parser-spec-parsed': true, 'x-parser-api-version': 3 }
}
