import type { Row } from './measure.ts'
import type { Rates } from './unreliable.ts'

/** Output tokens usually cost four to five times as much as input tokens. */
const OUTPUT_WEIGHT = 5

export function report(
  rows: readonly Row[],
  { runs, rates, node }: { runs: number; rates: Rates; node: string },
): string {
  const usual = rows[0]!
  const healed = rows.at(-1)!
  const lines = rows.map((row) =>
    [
      row.name,
      percent(row.valid),
      percent(row.right),
      row.calls.toFixed(2),
      row.outputTokens.toFixed(1),
      row.extraOutput.toFixed(1),
      row.inputTokens.toFixed(0),
      percent(row.sign),
    ].join(' | '),
  )
  const kinds = Object.entries(rates).map(([kind, rate]) => `${kind} ${percent(rate)}`)
  const cost = (row: Row): number => row.outputTokens * OUTPUT_WEIGHT + row.inputTokens
  return `# Answers that heal, next to full retry

${runs.toLocaleString('en')} runs of each strategy, over the same tasks (the seven bundled schemas and seven generated ones, full of unions) and the same mishaps in the
same calls, with at most 3 calls a run. The model is simulated: it knows the right answer, gives the parts it is asked
for, and in ${percent(Object.values(rates).reduce((a, b) => a + b, 0))} of its calls one thing goes wrong: ${kinds.join(', ')}.
Made by \`npm run bench:healing\`, Node ${node}.

| strategy | valid | as intended | calls | output tokens | extra output | input tokens | first sign at |
|---|--:|--:|--:|--:|--:|--:|--:|
${lines.map((line) => `| ${line} |`).join('\n')}

Means per run; a token is four characters. *Extra output* is what goes beyond one whole answer. *First sign at*: how
much of an answer had been read when trouble was certain, in runs with trouble. *As intended* is less than *valid* where a
wrong value happens to fit the schema.

![Extra output tokens and share of valid ends](healing.svg)

- Patch and recover together use **${percent(healed.extraOutput / usual.extraOutput)}** of the extra output tokens of full retry (target: less than 25 %), and end valid in
  ${percent(healed.valid)} of the runs against ${percent(usual.valid)}.
- They send more input: the answer so far goes back with each further call. With output at ${OUTPUT_WEIGHT} times the price of input, a run
  costs ${percent(cost(healed) / cost(usual))} of what it costs with full retry.
- A retry of everything is stopped by nothing: it learns of trouble at the end of the answer.
`
}

function percent(share: number): string {
  return `${(share * 100).toFixed(1)} %`
}
