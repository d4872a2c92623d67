/**
 * Holds the prose to the rules of docs/style-guide.md: words that are never used, and one word for each thing. Reads
 * Markdown pages, comments, messages in strings, and the names of tests. `npm run prose [-- path …]`.
 */
import { readdirSync, readFileSync, statSync } from 'node:fs'
import { join, relative } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('..', import.meta.url))
const folders = ['src', 'playground', 'schemas', 'examples', 'scripts', 'bench', 'compat', 'docs', 'test', '.changeset']
const pages = ['README.md', 'ARCHITECTURE.md', 'CONTRIBUTING.md', 'SECURITY.md']
/** Written by programs, or about the banned words themselves. */
const exempt = ['scripts/prose.mjs', 'docs/style-guide.md', 'CHANGELOG.md']
/** Made by a program whose own words are checked, or test data that has to be as models write. */
const data =
  /^(?:bench\/[A-Z]+\.md|test\/json\/repair\/corpus\/|test\/partial\/document\/prose|.*\/(?:fixtures|node_modules)\/)/

/** @type {[pattern: RegExp, instead: string][]} */
export const banned = [
  [/\b(?:is|are|was|were|be|been|being) told\b|\btold (?:of|apart|by|about)\b/i, 'reported, described, given'],
  [/\btells? of\b|\btelling of\b/i, 'describe, report'],
  [/\bby (?:itself|themselves)\b/i, 'on its own, automatically'],
  [/\bof (?:its|their) own\b/i, 'own, separate'],
  [/\bas (?:it is|they are|it was|they were)\b(?=[.,;:)]|$)/i, 'unchanged'],
  [/(?:^|[,;.(] )else\b(?! if\b)/i, 'otherwise'],
  [/\bbesides?\b/i, 'next to, in addition to'],
  [
    /\bbehind\b(?! (?:a|the|an|it|each|every|your|another) (?:proxy|store|server|gateway|firewall|flag|scenes|load balancer|handle|cassette|it|them))/i,
    'after',
  ],
  [/\bstands? (?:in|at|behind|for itself|before|there|alone|beside)\b|\bwhat stands\b/i, 'is'],
  [/\bgo(?:es)? on\b/i, 'continue'],
  [/(?<!there )\b(?:is|are|was|were) no (?:[a-z]+)\b(?! (?:longer|more|later|earlier|sooner))/i, "isn't a"],
  [/\bso many\b/i, 'this many, the number of'],
  [/\bmend(?:s|ed|ing)?\b/i, 'repair'],
  [/\bthe way of\b/i, 'how'],
  [/\bwhoever\b|\bnobody\b|\bsomebody\b/i, 'name who: the consumer, the caller, no one'],
  [/\bfor ever\b/i, 'forever, indefinitely'],
  [/\bcomes? to\b(?! (?:the|an?|rest|mind) (?:end|conclusion))/i, 'is, results in'],
  [/\bput right\b/i, 'fixed'],
  [/\bthe words of\b/i, 'the text of, the message of'],
  [/\bsigns? of life\b/i, 'keep-alive traffic, activity'],
  [/\bloose ends?\b/i, 'dangling tool calls'],
  [/\bpictures?\b/i, 'images'],
  [/\bfollowers?\b/i, 'consumers'],
  [/\b(?:behaviour|colour|favour|normalis|serialis|recognis|initialis|organis|artefact|licence)\w*\b/i, 'US spelling'],
]

/** @returns {Generator<string>} every file below, whose path is given from the root */
function* filesBelow(/** @type {string} */ folder) {
  for (const entry of readdirSync(join(root, folder), { withFileTypes: true })) {
    const path = `${folder}/${entry.name}`
    if (entry.isDirectory()) {
      if (entry.name !== 'node_modules' && entry.name !== 'dist') yield* filesBelow(path)
    } else if (/\.(?:md|tsx?|mjs|js)$/.test(entry.name)) yield path
  }
}

/**
 * The prose in a file, with everything else blanked out so that places stay the same.
 *
 * @param {string} path
 * @param {string} text
 */
export function proseOf(path, text) {
  const blank = (/** @type {string} */ part) => part.replaceAll(/[^\n]/g, ' ')
  if (path.endsWith('.md')) {
    return text
      .replaceAll(/^(```+|~~~)[\s\S]*?^\1.*$/gm, blank)
      .replaceAll(/`[^`\n]*`/g, (code) => `\`${'x'.repeat(code.length - 2)}\``)
      .replaceAll(/\]\([^)]*\)/g, blank)
  }
  // A small scanner: comments and the strings that read as sentences; code is blanked.
  let out = ''
  const token =
    /(\/\*[\s\S]*?\*\/)|((?<![:\\])\/\/[^\n]*)|('(?:[^'\\\n]|\\.)*'|"(?:[^"\\\n]|\\.)*")|(`(?:[^`\\]|\\[\s\S])*`)|[\s\S]/g
  for (const [whole, block, line, string, template] of text.matchAll(token)) {
    const comment = block ?? line
    if (comment !== undefined) {
      out += comment
        .replaceAll(/`[^`\n]*`/g, (code) => `\`${'x'.repeat(code.length - 2)}\``)
        .replaceAll(/@example[\s\S]*?(?=\n\s*\*?\s*(?:@|\*\/)|$)/g, blank)
    } else if (string !== undefined) out += /[a-z]{2,} [a-z]+ [a-z]/i.test(string) ? string : blank(string)
    else if (template !== undefined) {
      out += /[a-z]{2,} [a-z]+ [a-z]/i.test(template) ? template.replaceAll(/\$\{[^}]*\}/g, blank) : blank(template)
    } else out += whole === '\n' ? whole : ' '
  }
  return out
}

/** @param {string} path @param {string} text @returns {{ path: string, line: number, found: string, instead: string }[]} */
export function faultsIn(path, text) {
  const lines = proseOf(path, text).split('\n')
  return lines.flatMap((line, index) =>
    banned.flatMap(([pattern, instead]) => {
      const found = pattern.exec(line.replace(/^\s*(?:\*|\/\/|\/\*\*?)\s?/, ''))?.[0]
      return found === undefined ? [] : [{ path, line: index + 1, found: found.trim(), instead }]
    }),
  )
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const wanted = process.argv.slice(2).map((path) => relative(root, path))
  const files = [...folders.flatMap((folder) => [...filesBelow(folder)]), ...pages].filter((path) => {
    if (exempt.includes(path) || data.test(path)) return false
    if (!statSync(join(root, path), { throwIfNoEntry: false })?.isFile()) return false
    return wanted.length === 0 || wanted.some((start) => path.startsWith(start))
  })
  const faults = files.flatMap((path) => faultsIn(path, readFileSync(join(root, path), 'utf8')))
  for (const { path, line, found, instead } of faults) console.log(`${path}:${line}: "${found}" → ${instead}`)
  console.log(`${files.length} files, ${faults.length} places to rewrite`)
  if (faults.length > 0) process.exitCode = 1
}
