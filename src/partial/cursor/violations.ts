import { kindName, type RelativeIssue, type SchemaNode } from '../../schema/node.ts'

/* What the cursor finds wrong on its own, in words: paths are relative to the place that each is reported for. */

export function wrongKind(node: SchemaNode, kind: number): RelativeIssue {
  const received = kindName(kind)
  const { code, expected } = node
  return { path: [], code, message: `Invalid input: expected ${expected}, received ${received}`, expected, received }
}

export function inexactNumber(text: string): RelativeIssue {
  const expected = 'a number that a double can hold'
  return {
    path: [],
    code: 'inexact_number',
    message: `Invalid input: expected ${expected}, received ${clip(text)}`,
    expected,
    received: clip(text),
  }
}

export function infiniteNumber(text: string): RelativeIssue {
  const expected = 'a finite number'
  return {
    path: [],
    code: 'not_a_number',
    message: `Invalid input: expected ${expected}, received ${clip(text)}`,
    expected,
    received: clip(text),
  }
}

function clip(text: string): string {
  return text.length > 80 ? `${text.slice(0, 80)}…` : text
}

export function undeclaredKey(name: string): RelativeIssue {
  const message = `Unrecognized key: ${JSON.stringify(name)}`
  return { path: [], code: 'unrecognized_keys', message, expected: 'only declared keys', received: name }
}

export function undeclaredBeginning(beginning: string): RelativeIssue {
  const message = `Unrecognized key: no key begins with ${JSON.stringify(beginning)}`
  return { path: [], code: 'unrecognized_keys', message, expected: 'only declared keys', received: beginning }
}

export function noFurtherKey(): RelativeIssue {
  const message = 'Unrecognized key: expected no further key'
  return { path: [], code: 'unrecognized_keys', message, expected: 'only declared keys', received: 'a comma' }
}

export function noValueFits({ code, expected }: SchemaNode): RelativeIssue {
  return { path: [], code, message: `Invalid input: expected ${expected}`, expected }
}

export function repeatedKey(name: string): RelativeIssue {
  const message = `Duplicate key: ${JSON.stringify(name)}`
  return { path: [name], code: 'duplicate_key', message, expected: 'each key once', received: name }
}

export function oneKeyTooMany(maximum: number): RelativeIssue {
  const message = `Too big: expected object to have at most ${maximum} keys`
  return { path: [], code: 'too_big', message, expected: `at most ${maximum} keys`, received: 'one more' }
}

export function oneElementTooMany(maximum: number): RelativeIssue {
  const message = `Too big: expected array to have <=${maximum} items`
  return { path: [], code: 'too_big', message, expected: `at most ${maximum} items`, received: 'one more' }
}

export function sameElementTwice(): RelativeIssue {
  const message = 'Invalid input: expected no two elements alike'
  return { path: [], code: 'not_unique', message, expected: 'no two elements alike', received: 'the same twice' }
}

export function noDiscriminator(discriminator: string, { expected }: SchemaNode): RelativeIssue {
  const message = `Invalid input: expected ${discriminator} to be ${expected}`
  return { path: [discriminator], code: 'invalid_union', message, expected, received: 'nothing' }
}

export function noOptionFits({ expected }: SchemaNode): RelativeIssue {
  return { path: [], code: 'invalid_union', message: `Invalid input: expected ${expected}`, expected }
}

export function severalOptionsFit(): RelativeIssue {
  return { path: [], code: 'invalid_union', message: 'Invalid input: more than one option fits' }
}

export function sidesDiffer(path: (string | number)[]): RelativeIssue {
  const message = 'Invalid input: the sides of the intersection make different values of it'
  return { path, code: 'invalid_intersection', message }
}

/** The issues of a child, seen from the container. */
export function below(key: string, issues: readonly RelativeIssue[]): RelativeIssue[] {
  return issues.map((issue) => ({ ...issue, path: [key, ...issue.path] }))
}
