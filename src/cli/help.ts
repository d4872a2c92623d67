import { schemas } from '../../schemas/index.ts'
import { EXAMPLE_MODELS } from '../models/example-models.ts'

const names = Object.keys(schemas).join(', ')

const models = `
Models
  ${`openai:${EXAMPLE_MODELS.openai}`.padEnd(29)} with OPENAI_API_KEY and the package openai
  ${`anthropic:${EXAMPLE_MODELS.anthropic}`.padEnd(29)} with ANTHROPIC_API_KEY and the package @anthropic-ai/sdk
  gemini:… groq:… azure:…       with their keys and packages
  ${`ollama:${EXAMPLE_MODELS.ollama}`.padEnd(29)} with the package ollama
  simulate:                     no network, no key
  any id and --base-url         a server that speaks OpenAI's Chat wire (vLLM, llama.cpp, LM Studio …);
                                its key, if it wants one, in STRUCTSTREAM_API_KEY
  The variable STRUCTSTREAM_MODEL is the default.
`

const exits = `
Exit codes
  0 done · 1 unexpected · 2 wrong usage, options, model or schema · 3 provider error · 4 rate limited
  5 connection lost or timeout · 6 refused or filtered · 7 truncated · 8 data does not fit the schema
  9 no JSON or malformed JSON · 10 limit exceeded · 11 tool failed · 13 some items failed · 130 interrupted
`

const demo = `structstream demo [options] [prompt]

Shows an object filling in while the model writes it. Without a model, with a simulated one.

  --schema <name>     ${names} (default: movie)
  --model <model>     which model to ask
  --base-url <url>    where, if not at the provider's own address
  --speed <n>         deltas per second of the simulated model (default: 60; without a terminal: no pause)
`

const run = `structstream run [options] <prompt>

Asks a model and prints the answer as JSON; without a schema, as text. The prompt - is read from standard input.

  --schema <file#export>  a schema that a module exports, a JSON Schema (file.json), or the name of a
                          ready-made one: ${names}
  --model <model>         which model to ask
  --base-url <url>        where, if not at the provider's own address
  --partials              print each partial value on its own line, the final one last
  --system <text>         instructions that come before the prompt
  --mode <mode>           auto, json-schema, tool, json-object, prompt
  --on-invalid <what>     collect (default) or abort
  --timeout <seconds>     for the whole run
  --max-output-tokens <n>
  --temperature <n>
`

const batch = `structstream batch [options] <inputs.jsonl>

Asks a model for each line of a file, a few at a time, and retries what may succeed later. A line is a JSON string, the
prompt, or { "prompt": …, "key": … }. The file - is standard input. Ctrl-C stops cleanly.

  --out <file>            append the results to it; a second start does only what is not in it yet. Without --out the
                          results go to standard output
  --schema <file#export>  as in structstream run
  --concurrency <n>       runs at a time (default: 8)
  --attempts <n>          runs per item, retries included (default: 3)
  --model, --base-url, --system, --mode, --on-invalid, --timeout, --max-output-tokens, --temperature
                          as in structstream run
`

const replay = `structstream replay [options] <recording or folder>

Judges recorded answers by a schema, without asking a model: what would have been shown, repaired and stopped, and at which
character. A folder prints a row per answer. Recordings are made with record() from structstream/record.

  --schema <file#export>  as in structstream run
  --on-invalid <what>     collect (default) or abort; the other policies need a model that answers again
  --strict                read the answers as strict JSON, without repairs
  --partials              print each partial value on its own line
  --json                  print a line of JSON per answer
`

const serve = `structstream serve [options]

Serves the wires of OpenAI, Azure, Anthropic, Gemini and Ollama on loopback, with made-up answers: a provider
for anyone's tests. Data fits the request's schema.

  --port <n>                 default: any free one
  --host <address>           default: 127.0.0.1
  --text <text>              answer this instead
  --recording <file>         answer this recorded response body, byte by byte
  --tokens-per-second <n>    pace of the deltas
  --first-delta-ms <n>       pause before the first one
  --record <file>            append each request to it, as a line of JSON (without its headers)
`

const play = `structstream play [options] [recording]

Serves the playground: one page that shows text, data, issues and repairs while a model writes. Simulated models need no
key; the others are there when their keys are in the environment. A recording is opened, to be gone through event by event.

  --port <n>              default: 4020, or any free one where that is taken
  --host <address>        default: 127.0.0.1, which only this machine can reach
  --schema <file#export>  one more schema to choose from, as in structstream run
  --model <model>         one more model to choose from
  --base-url <url>        where, if not at the provider's own address
`

/** Text of `--help`, by command; `''` is the program's own. */
export const help: Record<'' | 'demo' | 'run' | 'batch' | 'replay' | 'serve' | 'play', string> = {
  '': `structstream: typed, validated data from a language model, while it arrives

  structstream demo [--schema name] [--model model] [prompt]   watch an object fill in
  structstream run --schema file#export --model model prompt   print the answer as JSON
  structstream batch inputs.jsonl --schema … --out results     the same for each line of a file
  structstream replay recording --schema file#export           judge a recorded answer again
  structstream play [recording]                                a page to try everything in
  structstream serve [--port n]                                a fake provider on loopback
  structstream <command> --help · structstream --version
${models}${exits}`,
  demo: demo + models + exits,
  run: run + models + exits,
  batch: batch + models + exits,
  replay: replay + exits,
  serve,
  play: play + models,
}
