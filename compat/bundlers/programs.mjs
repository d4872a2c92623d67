/** How a program of each provider makes its model; `BASE_URL` leads to the test's server. */
const models = {
  openai: [
    "import { openai } from 'structstream/openai'",
    "openai('m', { apiKey: 'k', baseURL: process.env.BASE_URL })",
  ],
  anthropic: [
    "import { anthropic } from 'structstream/anthropic'",
    "anthropic('m', { apiKey: 'k', baseURL: process.env.BASE_URL })",
  ],
  google: [
    "import { gemini } from 'structstream/google'",
    "gemini('m', { apiKey: 'k', baseURL: process.env.BASE_URL })",
  ],
  ollama: ["import { ollama } from 'structstream/ollama'", "ollama('m', { host: process.env.BASE_URL })"],
}

/** A Standard Schema written by hand needs no library. */
const plain = `const jsonSchema = {
  type: 'object',
  properties: { title: { type: 'string' } },
  required: ['title'],
  additionalProperties: false,
}
const Movie = {
  '~standard': {
    version: 1,
    vendor: 'compat',
    validate: (value) => ({ value }),
    jsonSchema: { input: () => jsonSchema, output: () => jsonSchema },
  },
}`

const zod = `import { z } from 'zod'
const Movie = z.object({ title: z.string() })`

/** @param {string} imports @param {string} model @param {string} [schema] */
const program = (imports, model, schema = plain) => `import { runStream } from 'structstream'
${imports}
${schema}
const stream = runStream('Recommend a movie', Movie, { model: ${model} })
stream.getData().then(
  (data) => console.log(JSON.stringify({ data })),
  (error) => console.log(JSON.stringify({ code: error.code, message: error.message })),
)
`

/** A string form's requests go to the provider's own address: this sends them to the test's server. */
const redirect = `const real = globalThis.fetch
globalThis.fetch = (input, init) => {
  const { pathname, search } = new URL(typeof input === 'string' ? input : (input.url ?? input.href))
  return real(process.env.BASE_URL.replace(/\\/v1$/, '') + pathname + search, init)
}
process.env.OPENAI_API_KEY = 'k'`

export const providers = Object.keys(models)

/** @type {(provider: string) => string} */
export const withModel = (provider) => program(...models[provider])

export const withSimulation = program(
  "import { simulate } from 'structstream/simulate'",
  "simulate({ response: { title: 'Alien' } })",
)

export const withZod = program(
  "import { simulate } from 'structstream/simulate'",
  "simulate({ response: { title: 'Alien' } })",
  zod,
)

/** The import is what a bundler sees; the string finds it. */
export const withString = program(`import 'structstream/openai'\n${redirect}`, "'openai:m'")

export const withStringAlone = program(redirect, "'openai:m'")
