// @ts-nocheck: it runs where ESLint is installed, outside this repository.
// Writes the options' schemas of the rules of ESLint and of the plugins that are named, as ESLint itself reads them.
import { writeFileSync } from 'node:fs'

const found = []
const [file = '', ...names] = process.argv.slice(2)
for (const name of names) {
  let rules
  try {
    if (name === 'eslint') {
      const { builtinRules } = (await import('eslint/use-at-your-own-risk')).default
      rules = Object.fromEntries(builtinRules)
    } else {
      const module = await import(name)
      rules = module.default?.rules ?? module.rules
    }
  } catch (error) {
    console.error(`${name}: ${String(error).split('\n')[0]}`)
    continue
  }
  for (const [rule, { meta }] of Object.entries(rules ?? {})) {
    const schema = meta?.schema
    if (typeof schema !== 'object' || schema === null) continue
    const isList = Array.isArray(schema)
    if (isList && schema.length === 0) continue
    const whole = isList ? { type: 'array', items: schema, minItems: 0, maxItems: schema.length } : schema
    found.push([`${name}/${rule}`, { $schema: 'http://json-schema.org/draft-04/schema#', ...whole }])
  }
}
writeFileSync(file, JSON.stringify(found))
