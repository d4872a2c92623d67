import type { Snapshot, StreamStatus } from '../../stream/types.ts'
import { showPath } from '../../path.ts'
import type { Issue } from '../../types.ts'
import type { Console } from '../console.ts'
import { hasColors } from '../console.ts'
import type { Demonstration } from '../demo.ts'
import { duration, resultText } from './result-text.ts'
import { plain } from './sanitize.ts'
import { Screen } from './screen.ts'
import type { StyledLine } from './spans.ts'
import { paint, span, wrap } from './spans.ts'
import type { TreeContext } from './tree.ts'
import { treeLines } from './tree.ts'

/** What one frame shows. */
export interface FrameState {
  value: unknown
  known: TreeContext
  status: StreamStatus
  /** Of the answer, so far. */
  characters: number
  /** Milliseconds. */
  elapsed: number
}

/** Milliseconds between two frames: 25 a second. */
const pace = 40

/** The demo in a terminal: drawn over and over while the model writes, then left standing as it ended. */
export async function showLive(demonstration: Demonstration, console: Console): Promise<void> {
  const { stream } = demonstration
  const colors = hasColors(console)
  const started = performance.now()
  const state: FrameState = {
    value: undefined,
    known: { isComplete: () => false, issues: [] },
    status: 'starting',
    characters: 0,
    elapsed: 0,
  }
  let width = 80
  const print = (lines: StyledLine[]): void => {
    for (const line of lines) console.stdout.write(`${paint(line, colors)}\n`)
  }
  try {
    using screen = new Screen(console)
    width = screen.width
    const draw = (): void => {
      width = screen.width
      state.elapsed = performance.now() - started
      state.status = stream.status
      screen.draw(frame(demonstration, state, screen.width, screen.height))
    }
    const timer = setInterval(draw, pace)
    try {
      draw()
      await Promise.all([countCharacters(demonstration, state), followValue(demonstration, state)])
    } finally {
      clearInterval(timer)
    }
  } catch (error) {
    print([...headLines(demonstration, width), ...bodyLines(state, width), []])
    throw error
  }
  const result = await stream.getResult()
  print([...headLines(demonstration, width), ...bodyLines(state, width), []])
  const [verdict, ...facts] = resultText(result)
  print(wrap([span('✓ ', 'green'), span(verdict ?? '', 'bold')], width, 2))
  for (const fact of facts) print(wrap([span(`  ${fact}`, 'dim')], width, 2))
}

async function countCharacters({ stream }: Demonstration, state: FrameState): Promise<void> {
  for await (const text of stream.streamText()) state.characters += text.length
}

async function followValue({ stream }: Demonstration, state: FrameState): Promise<void> {
  for await (const snapshot of stream.streamSnapshots({ throttle: pace })) {
    state.value = snapshot.value
    state.known = snapshot satisfies Snapshot<unknown> & TreeContext
  }
}

/** Lines of one frame, no more than `height`: of a long value, the end, since that is where it grows. */
export function frame(demonstration: Demonstration, state: FrameState, width: number, height: number): StyledLine[] {
  const head = headLines(demonstration, width)
  const foot: StyledLine[] = [[], statusLine(state)]
  const body = bodyLines({ ...state, known: { ...state.known, rows: height } }, width)
  // A very low terminal has room for the value only.
  const isLow = height < head.length + foot.length + 3
  const room = isLow ? height : height - head.length - foot.length
  const hidden = body.length - room + 1
  const shown = body.length > room ? [[span(`↑ ${hidden} more lines`, 'dim')], ...body.slice(hidden)] : body
  return isLow ? shown : [...head, ...shown, ...foot]
}

function headLines({ title, prompt, model }: Demonstration, width: number): StyledLine[] {
  return [
    ...wrap([span(title, 'bold')], width),
    ...wrap([span(plain(model), 'dim')], width),
    ...wrap([span('> ', 'dim'), span(plain(prompt))], width, 2),
    [],
  ]
}

function bodyLines({ value, known }: FrameState, width: number): StyledLine[] {
  return [...treeLines(value, known, width), ...known.issues.flatMap((issue) => issueLines(issue, width))]
}

function issueLines(issue: Issue, width: number): StyledLine[] {
  const place = issue.path.length > 0 ? `${showPath(issue.path)}: ` : ''
  return wrap([span(`✗ ${plain(place)}${plain(issue.message)}`, 'red')], width, 2)
}

const spinner = '⠋⠙⠹⠸⠼⠴⠦⠧⠇⠏'

function statusLine({ status, characters, elapsed }: FrameState): StyledLine {
  const turn = spinner[Math.floor(elapsed / 80) % spinner.length]!
  const words: Record<StreamStatus, string> = {
    starting: 'waiting for the model',
    streaming: 'streaming',
    validating: 'validating',
    done: 'done',
    failed: 'failed',
  }
  return [span(`${turn} ${words[status]}`, 'yellow'), span(` · ${characters} characters · ${duration(elapsed)}`, 'dim')]
}
