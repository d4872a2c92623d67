import type { StandardSchemaV1 } from '@standard-schema/spec'
import type { Issue } from '../../types.ts'
import type { LibraryVerdict } from './library.ts'

/** Returns the verdict of a Standard Schema on a complete answer. */
export async function validateStandard(schema: StandardSchemaV1, raw: unknown): Promise<LibraryVerdict> {
  const result = await schema['~standard'].validate(raw)
  if (result.issues === undefined) return { ok: true, value: result.value }
  return { ok: false, issues: result.issues.map(fromStandardIssue) }
}

/** Standard Schema knows messages and paths; some libraries give more. */
/** An issue in our words. */
export function fromStandardIssue(issue: StandardSchemaV1.Issue): Issue {
  const path = (issue.path ?? []).map((step) => {
    const key = typeof step === 'object' ? step.key : step
    return typeof key === 'number' ? key : String(key)
  })
  const { code, type } = issue as { code?: unknown; type?: unknown }
  const name = [code, type].find((word) => typeof word === 'string')
  return { path, code: name ?? 'custom', message: issue.message }
}
