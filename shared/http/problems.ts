import type { z } from 'zod'

/**
 * What is wrong with a value, as a sentence that a guest can read: every field, and what it must be. Never the values,
 * which may be secret.
 */
export function problemsOf({ issues }: z.ZodError): string {
  const sentences = issues.map((issue) => `${issue.path.join('.') || 'The request'} ${issue.message}`)
  return `${sentences.join('; ')}.`
}

const KINDS: Record<string, string> = {
  string: 'text',
  number: 'a number',
  int: 'a whole number',
  boolean: 'true or false',
  array: 'a list',
  object: 'an object',
}

const OR = new Intl.ListFormat('en', { type: 'disjunction' })

/** Says of a field what is wrong with it; undefined where zod or the schema itself says it. */
export function predicateOf(issue: z.core.$ZodRawIssue): string | undefined {
  if (issue.input === undefined) return 'is missing'
  switch (issue.code) {
    case 'invalid_type':
      return `must be ${KINDS[issue.expected] ?? issue.expected}`
    case 'too_small':
      return issue.origin === 'string' && issue.minimum === 1
        ? 'is empty'
        : `must be ${amount('at least', issue.minimum, issue.origin)}`
    case 'too_big':
      return `must be ${amount('at most', issue.maximum, issue.origin)}`
    case 'invalid_value':
      return `must be ${OR.format(issue.values.map((value) => JSON.stringify(value)))}`
    default:
      return undefined
  }
}

function amount(bound: string, limit: number | bigint, origin: string): string {
  const number = limit.toLocaleString('en')
  if (origin === 'string') return `${bound} ${number} characters long`
  if (origin === 'array') return `a list of ${bound} ${number}`
  return `${bound} ${number}`
}
