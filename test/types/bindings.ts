import { z } from 'zod'
import { injectStructuredStream } from '../../src/angular/index.ts'
import { createField, createStructuredStream as createSolidStream } from '../../src/solid/index.ts'
import { createStructuredStream as createSvelteStream } from '../../src/svelte/index.ts'
import { useField, useStructuredStream } from '../../src/vue/index.ts'
import type { StoreStatus } from '../../src/web/client/index.ts'

const Table = z.object({ title: z.string(), rows: z.array(z.object({ name: z.string() })) })
const options = { api: '/table', schema: Table }
declare const index: number
const wrong = { api: '/table', schema: { type: 'object' } }

// Vue: refs.
const refs = useStructuredStream(options)
refs.status.value satisfies StoreStatus
refs.field(['title']).value.value satisfies string | undefined
refs.field(() => ['rows', index, 'name']).value.value satisfies string | undefined
useField(refs.store, ['rows', 0, 'name']).value.value satisfies string | undefined
useField(refs.store, () => ['rows', index, 'name']).value.value satisfies string | undefined
// @ts-expect-error: there is no such key
refs.field(['titel'])
// @ts-expect-error: JSON Schema is wrapped in jsonSchema()
useStructuredStream(wrong)

// Svelte: getters.
const getters = createSvelteStream(() => options)
getters.status satisfies StoreStatus
getters.field(['rows', 0, 'name']).value satisfies string | undefined
// @ts-expect-error: there is no such key
getters.field(['titel'])
// @ts-expect-error: JSON Schema is wrapped in jsonSchema()
createSvelteStream(() => wrong)

// Solid: accessors.
const accessors = createSolidStream(options)
accessors.data() satisfies z.infer<typeof Table> | undefined
accessors.field(['title'])().value satisfies string | undefined
createField(accessors.store, () => ['rows', index, 'name'])().value satisfies string | undefined
// @ts-expect-error: there is no such key
accessors.field(['titel'])
// @ts-expect-error: JSON Schema is wrapped in jsonSchema()
createSolidStream(wrong)

// Angular: signals.
const signals = injectStructuredStream(options)
signals.error()?.code satisfies string | undefined
signals.field(['title'])().value satisfies string | undefined
signals.field(() => ['rows', index, 'name'])().value satisfies string | undefined
// @ts-expect-error: there is no such key
signals.field(['titel'])
// @ts-expect-error: JSON Schema is wrapped in jsonSchema()
injectStructuredStream(wrong)
