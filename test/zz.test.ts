import { test } from 'vitest'
import { readFileSync } from 'node:fs'
import { z } from 'zod'
import { run, jsonSchema } from '../src/index.ts'
import { scripted, says } from './stream/scripted.ts'
function conv(t: any, defs: any): any {
  if (typeof t === 'string') return ({ float: z.number(), int: z.int(), string: z.string(), bool: z.boolean(), null: z.null() } as any)[t] ?? z.any()
  if (t.ref) return z.lazy(() => def(t.ref, defs))
  if (t.list) return z.array(conv(t.list, defs))
  if (t.map) return z.record(z.string(), conv(t.map[1] ?? t.map, defs))
  if (t.opt) return conv(t.opt, defs).nullable().optional()
  if (t.union) return z.union(t.union.map((o: any) => conv(o, defs)))
  if (t.lit !== undefined) return z.literal(t.lit)
  return z.any()
}
const memo: any = {}
function def(name: string, defs: any): any {
  const d = defs[name]
  if (d.class) return z.object(Object.fromEntries(d.class.map((f: any) => [f.k, conv(f.t, defs)])))
  if (d.enum) return z.enum(d.enum.map((e: any) => e[0]))
  if (d.alias) return conv(d.alias, defs)
  return z.any()
}
test('samples', async () => {
  for (const line of readFileSync('/work/shared/corpora/sloppy/samples.jsonl', 'utf8').split('\n')) {
    if (!line.trim()) continue
    const c = JSON.parse(line)
    const schema = !c.schema ? z.any() : c.schema.json ? jsonSchema(c.schema.json) : conv(c.schema.t, c.schema.defs)
    const out = await run('q', schema, { model: scripted(says(c.input, 5)) }).then((r: any) => JSON.stringify(r.data), (e: any) => `${e.code}: ${e.message.slice(0, 90)}`)
    console.log(`${c.kind} | ${JSON.stringify(c.input).slice(0, 120)}\n      => ${out}   (other: ${JSON.stringify(c.otherProject).slice(0, 100)})`)
  }
})
