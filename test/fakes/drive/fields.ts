import { invalid } from './google-error.ts'

/** Names that an answer can have; those of an array's items stand directly below the array. */
export interface Shape {
  [name: string]: true | Shape
}

interface Mask {
  [name: string]: Mask
}

/**
 * Cuts a value down to what a `fields` parameter asks for, such as `nextPageToken,files(id,name)` or `a/b`. A name
 * that is not in the shape is refused, as Google does.
 *
 * https://developers.google.com/workspace/drive/api/guides/fields-parameter
 */
export function selectFields(fields: string, shape: Shape, value: object): object {
  return pick(value, parseMask(fields), shape, fields) as object
}

function pick(value: unknown, mask: Mask, shape: true | Shape, fields: string): unknown {
  const names = Object.keys(mask)
  if (names.length === 0 || '*' in mask) return value
  for (const name of names) {
    if (shape === true || !Object.hasOwn(shape, name)) {
      throw invalid('fields', `Invalid field selection ${name}`)
    }
  }
  if (Array.isArray(value)) return value.map((item) => pick(item, mask, shape, fields))
  const source = (value ?? {}) as Record<string, unknown>
  const picked: Record<string, unknown> = {}
  for (const name of names) {
    // Also where the value lacks the field, so that a wrong name inside of it is found.
    const inner = pick(source[name], mask[name] ?? {}, (shape as Shape)[name] ?? true, fields)
    if (source[name] !== undefined) picked[name] = inner
  }
  return picked
}

function parseMask(fields: string): Mask {
  const tokens = fields.match(/[^\s,()/]+|[,()/]/g) ?? []
  let position = 0

  function list(): Mask {
    const mask: Mask = {}
    do {
      Object.assign(mask, selection())
    } while (tokens[position] === ',' && ++position)
    return mask
  }

  function selection(): Mask {
    const name = tokens[position++] ?? ''
    if (!/^(\w+|\*)$/.test(name)) throw invalid('fields', `Invalid field selection ${name || fields}`)
    if (tokens[position] === '/') {
      position++
      return { [name]: selection() }
    }
    if (tokens[position] !== '(') return { [name]: {} }
    position++
    const inner = list()
    if (tokens[position++] !== ')') throw invalid('fields', `Invalid field selection ${fields}`)
    return { [name]: inner }
  }

  const mask = list()
  if (position < tokens.length) throw invalid('fields', `Invalid field selection ${tokens[position]}`)
  return mask
}
