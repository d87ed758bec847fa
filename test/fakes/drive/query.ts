import { invalid } from './google-error.ts'
import type { Item } from './items.ts'

export interface FileQuery {
  matches(item: Item): boolean
  /** Ids that the query names as parents. */
  parents: string[]
}

const TOKEN = /\s*(?:'((?:[^'\\]|\\['\\])*)'|(!=|=|\(|\))|(\w+))/y

interface Token {
  kind: 'string' | 'symbol' | 'word'
  text: string
}

/**
 * The `q` of files.list: the clauses this project uses, anything else is refused. `and` beside `or` without
 * parentheses is refused too: Google evaluates them from left to right, which is easily overlooked.
 *
 * https://developers.google.com/workspace/drive/api/guides/ref-search-terms
 */
export function parseQuery(q: string): FileQuery {
  const tokens = tokenize(q)
  const parents: string[] = []
  let position = 0

  const next = () => tokens[position++] ?? fail('it ends too early')
  const peek = () => tokens[position]?.text
  const fail = (why: string): never => {
    throw invalid('q', `Invalid Value: ${why} in ${q}`)
  }
  const text = () => {
    const token = next()
    return token.kind === 'string' ? token.text : fail(`${token.text} where a string belongs`)
  }

  function expression(): FileQuery['matches'] {
    const terms = [term()]
    const operator = peek()
    while (peek() === 'and' || peek() === 'or') {
      if (next().text !== operator) fail('"and" beside "or" without parentheses')
      terms.push(term())
    }
    return operator === 'or'
      ? (item) => terms.some((matches) => matches(item))
      : (item) => terms.every((matches) => matches(item))
  }

  function term(): FileQuery['matches'] {
    const token = next()
    if (token.kind === 'string') return parent(token.text)
    if (token.text === '(') {
      const inner = expression()
      return next().text === ')' ? inner : fail('a parenthesis is not closed')
    }
    if (token.text === 'mimeType') return mimeType()
    if (token.text === 'trashed') return trashed()
    return fail(`unknown term ${token.text}`)
  }

  function parent(id: string): FileQuery['matches'] {
    if (next().text !== 'in' || next().text !== 'parents') fail('a string that is not "in parents"')
    parents.push(id)
    return (item) => item.parents.includes(id)
  }

  function mimeType(): FileQuery['matches'] {
    const operator = next().text
    const value = text()
    if (operator === '=') return (item) => item.mimeType === value
    if (operator === '!=') return (item) => item.mimeType !== value
    // On mimeType, Drive's `contains` looks at the beginning only.
    if (operator === 'contains') return (item) => item.mimeType.startsWith(value)
    return fail(`unknown operator ${operator}`)
  }

  function trashed(): FileQuery['matches'] {
    if (next().text !== '=') fail('unknown operator for trashed')
    const value = next().text
    if (value !== 'true' && value !== 'false') fail(`${value} where true or false belongs`)
    return (item) => item.trashed === (value === 'true')
  }

  const matches = expression()
  if (position < tokens.length) fail(`unexpected ${peek()}`)
  return { matches, parents }
}

function tokenize(q: string): Token[] {
  const tokens: Token[] = []
  TOKEN.lastIndex = 0
  const end = q.trimEnd().length
  while (TOKEN.lastIndex < end) {
    const at = TOKEN.lastIndex
    const match = TOKEN.exec(q)
    if (!match) throw invalid('q', `Invalid Value: cannot be read from "${q.slice(at, at + 20)}" on`)
    const [, string, symbol, word] = match
    if (string !== undefined) tokens.push({ kind: 'string', text: string.replace(/\\(.)/g, '$1') })
    else if (symbol !== undefined) tokens.push({ kind: 'symbol', text: symbol })
    else tokens.push({ kind: 'word', text: word ?? '' })
  }
  return tokens
}
