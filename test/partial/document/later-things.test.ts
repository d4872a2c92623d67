import { describe, expect, test } from 'vitest'
import { z } from 'zod'

import { readAnswer } from '../../json/repair/read.ts'
import { oneByOne } from '../../support/chunkings.ts'

const FILM = z.object({ title: z.string().optional(), year: z.number().optional() })

/** Answers over schemas that nearly everything fits, and documents like them. */
const ANSWERS: Record<string, { schema: z.ZodType; answer: unknown; other: string }> = {
  'an object whose keys are optional': { schema: FILM, answer: { title: 'Blade' }, other: '{"title":"Alien"}' },
  'a record': { schema: z.record(z.string(), z.any()), answer: { a: 1 }, other: '{"b": 2}' },
  anything: { schema: z.any(), answer: { a: [1] }, other: '{"b": 2}' },
  'a list of numbers': { schema: z.array(z.number()), answer: [5, 6, 7], other: '[1, 2]' },
  'a list of strings': { schema: z.array(z.string()), answer: ['a', 'b'], other: '["c"]' },
  'a list of anything': { schema: z.array(z.any()), answer: [5, 'x'], other: '[1, {"a": 2}]' },
  'a list of objects': { schema: z.array(FILM), answer: [{ title: 'Blade' }], other: '[{"title":"Alien"}]' },
}

/** Where an answer stands. */
const POSITIONS: Record<string, (answer: string) => string> = {
  'alone on its line': (answer) => answer,
  'after a label': (answer) => `Answer: ${answer}`,
  'after a bold label': (answer) => `**Answer:** ${answer}`,
  'after a bold label with the colon outside': (answer) => `**Answer**: ${answer}`,
  'on the line after a bold label': (answer) => `**Answer**\n${answer}`,
  'under a heading': (answer) => `## Answer\n\n${answer}`,
  'in a fence': (answer) => `\`\`\`json\n${answer}\n\`\`\``,
  'in a fence after a label': (answer) => `Here it is:\n\n\`\`\`json\n${answer}\n\`\`\`\n`,
  'in a fence without a language': (answer) => `\`\`\`\n${answer}\n\`\`\``,
}

/** What has brackets and is not a second answer: on the answer's line, and on later ones. */
const ON_ITS_LINE: Record<string, (other: string) => string> = {
  'inline code': (other) => ` as in \`${other}\``,
  'inline code of two ticks': (other) => `, which is like \`\`${other}\`\` but longer`,
  'inline code with a name': (other) => ` (not \`x = ${other}\`)`,
  'a call in inline code': (other) => ` for use with \`f(${other})\``,
  'a citation': () => ' as [1] says',
  'a link': () => ' (see [the docs](https://example.org))',
  'a footnote': () => ' [^1]',
  'an emoji': () => ' :tada: {:smile:}',
  'inline LaTeX': () => ' where \\(x \\in [0, 1]\\)',
}
const ON_LATER_LINES: Record<string, (other: string) => string> = {
  'inline code in a sentence': (other) => `It has the form of \`${other}\`.`,
  'inline code that begins a line': (other) => `\`${other}\` would be another form.`,
  'inline code in a list': (other) => `- like \`${other}\`\n- or \`${other}\``,
  'a citation': () => 'As [1] and [2, 3] say.',
  'a source': () => '[1] Smith, 2020\n[2] Jones, 2021',
  'a link definition': () => '[1]: https://example.org',
  'a link': () => 'See [the docs](https://example.org/a[1]).',
  'a link with quotes': () => '["The docs"](https://example.org) say so.',
  'a link inside the page': () => 'See ["The docs"](#docs), ["more"](/more).',
  'a link that begins a line': () => '[1](https://example.org) is the source.',
  'an image': () => '![1](https://example.org/1.png)',
  'a check box': () => '- [ ] review\n- [x] send',
  'a numbered check box': () => '1. [ ] review\n2. [x] send',
  'a footnote': () => '[^1]: Smith [2020]',
  'LaTeX in a sentence': () => 'Here \\(x \\in [0, 1]\\) holds.',
  'LaTeX on a line': () => '\\[ x = [1, 2] \\]',
  'LaTeX on a line, of numbers': () => '\\[1, 2\\]',
  'LaTeX with braces': () => '$$\\frac{1}{2} \\in \\{1, 2\\}$$',
  'a template': () => 'Fill {{name}} in.',
  'an attribute list': () => '{: .note }',
  'an emoji': () => 'Enjoy :tada: {:smile:}',
  'code in another language': (other) => `Use it so:\n\`\`\`python\nimport json\nrow = ${other}\n\`\`\``,
  'a call in another language': (other) => `Use it so:\n\`\`\`js\nfetch(url, ${other})\n\`\`\``,
  'a shell command': (other) => `Use it so:\n\`\`\`sh\ncurl -d '${other}' example.org\n\`\`\``,
  'a type': () => 'The type is:\n```ts\ntype Row = { title?: string }\n```',
}

const cases = Object.entries(ANSWERS).flatMap(([what, { schema, answer, other }]) =>
  Object.entries(POSITIONS).flatMap(([where, place]) => {
    const text = place(JSON.stringify(answer))
    const isFence = text.trimEnd().endsWith('```')
    const near = isFence ? [] : Object.entries(ON_ITS_LINE).map(([name, more]) => [name, `${text}${more(other)}`])
    const far = Object.entries(ON_LATER_LINES).map(([name, more]) => [name, `${text}\n\n${more(other)}\n`])
    return { name: `${what}, ${where}`, schema, answer, texts: [...near, ...far] as [thing: string, whole: string][] }
  }),
)

describe('what has brackets and comes after a complete answer does not compete with it', () => {
  test.each(cases)('$name', ({ schema, answer, texts }) => {
    for (const [thing, whole] of texts) {
      for (const chunks of [[whole], oneByOne(whole)]) {
        const { isDone, isFailed, issues, interpreter } = readAnswer(schema, chunks)
        const found = { isDone, isFailed, codes: issues.map(({ code }) => code), value: interpreter.raw() }
        expect(found, `${thing}: ${whole}`).toEqual({ isDone: true, isFailed: false, codes: [], value: answer })
      }
    }
  })
})

describe('an answer in inline code is one', () => {
  // Numbers in a sentence may be a range.
  const answers = Object.entries(ANSWERS).filter(([what]) => what !== 'a list of numbers')
  test.each(answers)('%s', (_, { schema, answer, other }) => {
    const read = (text: string): unknown[] => {
      const { isDone, isFailed, issues, interpreter } = readAnswer(schema, [text])
      return [isDone && !isFailed, issues.map(({ code }) => code), isDone ? interpreter.raw() : null]
    }
    expect(read(`The answer is \`${JSON.stringify(answer)}\`.`)).toEqual([true, [], answer])
    // Two of them are equals.
    const [isGood, codes] = read(`It is \`${JSON.stringify(answer)}\` or \`${other}\`.`)
    expect([isGood, codes]).toEqual([true, ['several_values']])
  })
})
