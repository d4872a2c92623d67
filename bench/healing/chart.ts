import type { Row } from './measure.ts'

const WIDTH = 860
const ROW = 44
const LEFT = 210
const BAR = 430
const TOP = 84

/** Bars: extra output tokens for a run, with the share of valid ends next to them. Fits light and dark pages. */
export function drawHealing(rows: readonly Row[], runs: number): string {
  const most = Math.max(...rows.map(({ extraOutput }) => extraOutput))
  const height = TOP + rows.length * ROW + 30
  const bars = rows.map((row, index) => {
    const y = TOP + index * ROW
    const width = Math.max(2, Math.round((row.extraOutput / most) * BAR))
    const color = index === 0 ? '#94a3b8' : '#2563eb'
    return `<text x="${LEFT - 12}" y="${y + 19}" text-anchor="end">${row.name}</text><rect x="${LEFT}" y="${y}" width="${width}" height="28" rx="3" fill="${color}"/><text x="${LEFT + width + 8}" y="${y + 19}">${row.extraOutput.toFixed(1)}</text><text class="bold" x="${WIDTH - 24}" y="${y + 19}" text-anchor="end">${(row.valid * 100).toFixed(1)} %</text>`
  })
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${height}" width="${WIDTH}" height="${height}" role="img" aria-label="Extra output tokens per run, and share of runs that end valid">
<style>
  text { font: 13px system-ui, sans-serif; fill: #334155 }
  .title { font-size: 17px; font-weight: 600; fill: #0f172a }
  .note { font-size: 12px; fill: #64748b }
  .bold { font-weight: 700 }
  @media (prefers-color-scheme: dark) {
    text { fill: #cbd5e1 }
    .title { fill: #f1f5f9 }
    .note { fill: #94a3b8 }
  }
</style>
<text class="title" x="24" y="28">What an unreliable model costs</text>
<text class="note" x="24" y="48">${runs.toLocaleString('en')} runs each, the same mishaps in the same calls, at most 3 calls</text>
<text class="note" x="${LEFT}" y="${TOP - 10}">extra output tokens per run</text>
<text class="note" x="${WIDTH - 24}" y="${TOP - 10}" text-anchor="end">ends valid</text>
${bars.join('\n')}
</svg>
`
}
