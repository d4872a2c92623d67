/**
 * How a provider's shape of a value maps to the user's, place by place. `null` stands wherever nothing
 * changes below, so that an identity plan costs nothing. Plans of recursive schemas are cyclic graphs.
 */
export type DecodePlan = WrapPlan | EntriesPlan | PositionsPlan | ObjectPlan | ArrayPlan | UnionPlan

/** The provider's `{ [key]: value }` is the user's `value`. */
export interface WrapPlan {
  op: 'wrap'
  key: string
  inner: DecodePlan | null
}

/** The provider's `[{ key, value }]` is the user's `{ [key]: value }`. */
export interface EntriesPlan {
  op: 'entries'
  value: DecodePlan | null
}

/** The provider's `{ "0": a, "1": b, rest: [c] }` is the user's `[a, b, c]`. */
export interface PositionsPlan {
  op: 'positions'
  items: FieldPlan[]
  /** What the elements after them hold; absent when there are none. */
  rest?: DecodePlan | null
}

/** The same object, with changes inside. */
export interface ObjectPlan {
  op: 'object'
  fields: Map<string, FieldPlan>
  /** The provider's `[{ key, value }]` at this key holds the user's undeclared keys. */
  extra: { key: string; value: DecodePlan | null } | null
  /** What undeclared keys hold where the provider takes them unchanged. */
  others: DecodePlan | null
}

/** The same array, with changes inside. */
export interface ArrayPlan {
  op: 'array'
  prefix: (DecodePlan | null)[]
  rest: DecodePlan | null
}

/** Several plans; which is in force is decided by the value's first token, its discriminator or its label. */
export interface UnionPlan {
  op: 'union'
  array: DecodePlan | null
  object: ObjectChoice
  /** In the user's shape: the first branch that fits is the one that is encoded. */
  branches: UnionBranch[]
}

export interface ObjectChoice {
  /** The provider's `{ [label]: value }` is the user's `value`. */
  labels: Map<string, DecodePlan | null>
  discriminator: { key: string; cases: Map<unknown, DecodePlan | null> } | null
  /** For objects that neither says anything of. */
  otherwise: DecodePlan | null
}

export interface UnionBranch {
  /** `patterns`: of keys and strings too. */
  fits(value: unknown, patterns: boolean): boolean
  label: string | null
  plan: DecodePlan | null
}

export interface FieldPlan {
  plan: DecodePlan | null
  /** `null` says that the user's key is absent. */
  dropNull: boolean
  /** The provider wants the key although the user may leave it out: then it is `null`. */
  fillNull: boolean
}

/** The key of a wrapped root. */
export const WRAP_KEY = 'value'
/** The keys of a record's entry. */
export const ENTRY_KEY = 'key'
export const ENTRY_VALUE = 'value'
/** The key of a tuple's elements without a declared position. */
export const REST_KEY = 'rest'

/**
 * Replaces by `null` every plan below which nothing changes, in place and through cycles.
 * O(size of the plan).
 */
export function prune(root: DecodePlan | null): DecodePlan | null {
  if (root === null) return null
  const parents = new Map<DecodePlan, DecodePlan[]>([[root, []]])
  const active: DecodePlan[] = []
  for (const plan of parents.keys()) {
    if (changes(plan)) active.push(plan)
    for (const child of children(plan)) {
      const known = parents.get(child)
      if (known === undefined) parents.set(child, [plan])
      else known.push(plan)
    }
  }
  const kept = new Set<DecodePlan>()
  for (let plan = active.pop(); plan !== undefined; plan = active.pop()) {
    if (kept.has(plan)) continue
    kept.add(plan)
    active.push(...(parents.get(plan) ?? []))
  }
  for (const plan of kept) replaceChildren(plan, (child) => (child !== null && kept.has(child) ? child : null))
  return kept.has(root) ? root : null
}

function changes(plan: DecodePlan): boolean {
  switch (plan.op) {
    case 'wrap':
    case 'entries':
    case 'positions':
      return true
    case 'array':
      return false
    case 'object':
      return plan.extra !== null || [...plan.fields.values()].some((field) => field.fillNull)
    case 'union':
      return plan.object.labels.size > 0
    default: {
      const impossible: never = plan
      return impossible
    }
  }
}

function children(plan: DecodePlan): DecodePlan[] {
  const found: DecodePlan[] = []
  replaceChildren(plan, (child) => {
    if (child !== null) found.push(child)
    return child
  })
  return found
}

function replaceChildren(plan: DecodePlan, replace: (child: DecodePlan | null) => DecodePlan | null): void {
  switch (plan.op) {
    case 'wrap':
      plan.inner = replace(plan.inner)
      return
    case 'entries':
      plan.value = replace(plan.value)
      return
    case 'positions':
      for (const item of plan.items) item.plan = replace(item.plan)
      if (plan.rest !== undefined) plan.rest = replace(plan.rest)
      return
    case 'object':
      for (const field of plan.fields.values()) field.plan = replace(field.plan)
      if (plan.extra !== null) plan.extra.value = replace(plan.extra.value)
      plan.others = replace(plan.others)
      return
    case 'array':
      plan.prefix = plan.prefix.map(replace)
      plan.rest = replace(plan.rest)
      return
    case 'union':
      plan.array = replace(plan.array)
      for (const [label, child] of plan.object.labels) plan.object.labels.set(label, replace(child))
      for (const [value, child] of plan.object.discriminator?.cases ?? []) {
        plan.object.discriminator?.cases.set(value, replace(child))
      }
      plan.object.otherwise = replace(plan.object.otherwise)
      for (const branch of plan.branches) branch.plan = replace(branch.plan)
      return
    default: {
      const impossible: never = plan
      return impossible
    }
  }
}
