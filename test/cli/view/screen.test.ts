import { fc } from '../../support/fast-check.ts'
import { expect, test } from 'vitest'
import { Screen } from '../../../src/cli/view/screen.ts'
import { span } from '../../../src/cli/view/spans.ts'
import { Terminal } from '../terminal.ts'

function screenOn(terminal: Terminal): Screen {
  return new Screen({ stdout: terminal, stderr: terminal, stdin: process.stdin, env: {}, cwd: '/' })
}

test('whatever is drawn after whatever, the terminal shows the last', () => {
  const frames = fc.array(
    fc.array(fc.constantFrom('', 'a', 'bb', '日本', 'a long line that must be cut'), { maxLength: 9 }),
  )
  fc.assert(
    fc.property(frames, (all) => {
      const terminal = new Terminal(12, 6)
      terminal.write('before\n')
      const screen = screenOn(terminal)
      for (const frame of all) {
        screen.draw(frame.map((text) => [span(text)]))
        const expected = frame.slice(0, 5).map((text) => (text.length > 11 ? `${text.slice(0, 10)}…` : text))
        expect(terminal.lines).toEqual(['before', ...expected, ''])
      }
      screen.close()
      expect(terminal.lines).toEqual(['before', ''])
      expect(terminal.isCursorVisible).toBe(true)
    }),
  )
})

test('lines that did not change are not written again', () => {
  const terminal = new Terminal(40, 10)
  using screen = screenOn(terminal)
  screen.draw([[span('steady')], [span('old')]])
  const before = terminal.raw.length
  screen.draw([[span('steady')], [span('new')]])
  const written = terminal.raw.slice(before)
  expect(written).toContain('new')
  expect(written).not.toContain('steady')
  const unchanged = terminal.raw.length
  screen.draw([[span('steady')], [span('new')]])
  expect(terminal.raw.length).toBe(unchanged)
})

test('closing gives back the cursor and every listener', () => {
  const listeners = process.listenerCount('exit')
  const terminal = new Terminal(40, 10)
  const screen = screenOn(terminal)
  expect(terminal.isCursorVisible).toBe(false)
  expect(terminal.resizeListeners).toBe(1)
  screen.close()
  screen.close()
  expect(terminal.isCursorVisible).toBe(true)
  expect(terminal.resizeListeners).toBe(0)
  expect(process.listenerCount('exit')).toBe(listeners)
})
