import { cpuOf, type Results } from './results.ts'
import { SIZES } from './workloads.ts'

/** What is drawn: one line each, from the cheapest to the dearest at the right edge. */
const LINES: readonly { subject: string; label: string; color: string }[] = [
  { subject: 'snapshot', label: 'structstream', color: '#2563eb' },
  { subject: 'jsonriver', label: 'jsonriver (mutable)', color: '#0d9488' },
  { subject: 'streamparser', label: '@streamparser/json (mutable)', color: '#65a30d' },
  { subject: 'partial-json', label: 'partial-json', color: '#d97706' },
  { subject: 'ai', label: 'ai 7', color: '#dc2626' },
  { subject: 'anthropic', label: '@anthropic-ai/sdk', color: '#9333ea' },
  { subject: 'openai', label: 'openai', color: '#db2777' },
  { subject: 'jsonrepair', label: 'jsonrepair', color: '#64748b' },
]

const WIDTH = 860
const HEIGHT = 480
const PLOT = { left: 74, right: 640, top: 64, bottom: 420 }
/** Least distance between two labels at the right edge. */
const LABEL_STEP = 18

interface Line {
  label: string
  color: string
  points: { chars: number; ns: number }[]
}

/** CPU per delta by length of the text, for us and the peers, both axes logarithmic; fits light and dark pages. */
export function drawChart(results: Results): string {
  const lines = LINES.map(({ subject, label, color }) => ({
    label,
    color,
    points: Object.values(SIZES).flatMap((size) => {
      const cpu = cpuOf(results, { table: 'parse', workload: 'records', size, subject })
      return cpu === undefined ? [] : [{ chars: size, ns: cpu.nsPerDelta }]
    }),
  })).filter(({ points }) => points.length > 0)
  const costs = lines.flatMap(({ points }) => points.map(({ ns }) => ns))
  const y = logScale([floorTen(Math.min(...costs)), ceilTen(Math.max(...costs))], [PLOT.bottom, PLOT.top])
  const x = logScale([SIZES['1 KB'], SIZES['1 MB']], [PLOT.left, PLOT.right])
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${HEIGHT}" width="${WIDTH}" height="${HEIGHT}" role="img" aria-label="CPU per delta by length of the text">
<style>
  text { font: 13px system-ui, sans-serif; fill: #334155 }
  .title { font-size: 17px; font-weight: 600; fill: #0f172a }
  .note { font-size: 12px; fill: #64748b }
  .grid { stroke: #cbd5e1; stroke-width: 1 }
  .line { fill: none; stroke-width: 2 }
  .ours { stroke-width: 4 }
  .bold { font-weight: 700 }
  @media (prefers-color-scheme: dark) {
    text { fill: #cbd5e1 }
    .title { fill: #f1f5f9 }
    .note { fill: #94a3b8 }
    .grid { stroke: #334155 }
  }
</style>
<text class="title" x="${PLOT.left}" y="26">CPU per 4-character delta, with a partial value after each</text>
<text class="note" x="${PLOT.left}" y="46">records · Node ${results.node} · ${results.machine} · commit ${results.commit}</text>
${gridX(x)}
${gridY(y)}
${lines.map((line, index) => drawLine(line, index === 0, x, y)).join('\n')}
${drawLabels(lines, y)}
<text class="note" x="${(PLOT.left + PLOT.right) / 2}" y="${HEIGHT - 16}" text-anchor="middle">length of the text so far (both axes logarithmic)</text>
</svg>
`
}

type Scale = ((value: number) => number) & { domain: readonly [number, number] }

function logScale(domain: readonly [number, number], range: readonly [number, number]): Scale {
  const [from, to] = domain.map(Math.log10) as [number, number]
  const scale = (value: number): number =>
    Math.round(10 * (range[0] + ((Math.log10(value) - from) / (to - from)) * (range[1] - range[0]))) / 10
  return Object.assign(scale, { domain })
}

const floorTen = (value: number): number => 10 ** Math.floor(Math.log10(value))
const ceilTen = (value: number): number => 10 ** Math.ceil(Math.log10(value))

function gridX(x: Scale): string {
  return Object.entries(SIZES)
    .map(([label, size]) => {
      const at = x(size)
      return `<line class="grid" x1="${at}" y1="${PLOT.top}" x2="${at}" y2="${PLOT.bottom}"/><text x="${at}" y="${PLOT.bottom + 20}" text-anchor="middle">${label}</text>`
    })
    .join('\n')
}

function gridY(y: Scale): string {
  const rows: string[] = []
  for (let ns = y.domain[0]; ns <= y.domain[1]; ns *= 10) {
    const at = y(ns)
    const label = ns < 1e3 ? `${ns} ns` : ns < 1e6 ? `${ns / 1e3} µs` : `${ns / 1e6} ms`
    rows.push(
      `<line class="grid" x1="${PLOT.left}" y1="${at}" x2="${PLOT.right}" y2="${at}"/><text x="${PLOT.left - 8}" y="${at + 4}" text-anchor="end">${label}</text>`,
    )
  }
  return rows.join('\n')
}

function drawLine({ points, color }: Line, isOurs: boolean, x: Scale, y: Scale): string {
  const places = points.map(({ chars, ns }) => `${x(chars)},${y(ns)}`)
  const dots = places.map((place) => {
    const [cx, cy] = place.split(',')
    return `<circle cx="${cx}" cy="${cy}" r="${isOurs ? 4.5 : 3}" fill="${color}"/>`
  })
  return `<polyline class="line${isOurs ? ' ours' : ''}" stroke="${color}" points="${places.join(' ')}"/>${dots.join('')}`
}

/** Next to the ends of the lines, moved apart where lines end close together. */
function drawLabels(lines: readonly Line[], y: Scale): string {
  const labels = lines
    .map(({ label, color, points }, index) => ({ label, color, isOurs: index === 0, at: y(points.at(-1)!.ns) }))
    .sort((a, b) => a.at - b.at)
  for (let index = 1; index < labels.length; index++) {
    labels[index]!.at = Math.max(labels[index]!.at, labels[index - 1]!.at + LABEL_STEP)
  }
  return labels
    .map(({ label, color, isOurs, at }) => {
      const weight = isOurs ? ' class="bold"' : ''
      return `<text${weight} x="${PLOT.right + 12}" y="${at + 4}" style="fill:${color}">${label}</text>`
    })
    .join('\n')
}
