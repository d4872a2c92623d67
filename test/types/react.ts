/* Compiled, never run (`npm run test:types`): lines that must compile, and `@ts-expect-error` lines that must not. */
import { z } from 'zod'

import { useField, useStructuredStream } from '../../src/react/index.ts'

/** Exactly the same type. */
type Same<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false
function same<A, B>(_: Same<A, B>): void {}

const Order = z.object({
  id: z.int(),
  nickname: z.string().nullable(),
  lines: z.array(z.object({ name: z.string(), count: z.int().optional() })),
  pair: z.tuple([z.string(), z.number()]),
  shape: z.discriminatedUnion('kind', [
    z.object({ kind: z.literal('circle'), radius: z.number() }),
    z.object({ kind: z.literal('square'), side: z.string() }),
  ]),
  extra: z.record(z.string(), z.boolean()),
})

const { field, partial, data, submit, store } = useStructuredStream({ api: '/api', schema: Order })

/* Fields are typed by the schema */
const id = field(['id']).value
same<typeof id, number | undefined>(true)
const nickname = field(['nickname']).value
same<typeof nickname, string | null | undefined>(true)
const name = field(['lines', 0, 'name']).value
same<typeof name, string | undefined>(true)
const lines = field(['lines']).value
same<typeof lines, { name?: string; count?: number | undefined }[] | undefined>(true)
const second = field(['pair', 1]).value
same<typeof second, number | undefined>(true)
const extra = field(['extra', 'gift']).value
same<typeof extra, boolean | undefined>(true)
const row = useField(store, ['lines', 3]).value
same<typeof row, { name?: string; count?: number | undefined } | undefined>(true)

/* Of a union, what the options have that know the key */
const radius = field(['shape', 'radius']).value
same<typeof radius, number | undefined>(true)
const kind = field(['shape', 'kind']).value
same<typeof kind, 'circle' | 'square' | undefined>(true)

/* What the schema does not know, and what is known only at run time, is unknown */
// @ts-expect-error there is no such key
field(['titel'])
// @ts-expect-error an index of a list is a number
field(['lines', '0'])
// @ts-expect-error only streamElements() takes a pattern
field(['lines', '*', 'name'])
// @ts-expect-error there is no such key
useField(store, ['lines', 0, 'nam'])
const path: (string | number)[] = ['lines']
const somewhere = field(path).value
same<typeof somewhere, unknown>(true)

/* The growing value and the validated one */
same<NonNullable<typeof data>, z.output<typeof Order>>(true)
const growing: string | undefined = partial?.lines?.[0]?.name
// @ts-expect-error what grows may not be there yet
const there: string = partial.lines[0].name
void submit({ prompt: 'x' })
  .getData()
  .then((order) => order.lines.length)

/* Without a schema it is text */
const text = useStructuredStream({ api: '/api' })
same<typeof text.data, string | undefined>(true)

// @ts-expect-error an initial value has to fit the schema
useStructuredStream({ api: '/api', schema: Order, initialValue: { id: 'one' } })
