import { rows, type Row } from './row.ts'

const { raw } = String

/** Two or three at once, as models do. */
export const COMBINED: Row[] = rows('combinations', [
  ['note', "```json\n{'title': 'Milk', 'done': True,}\n```", { title: 'Milk', done: true }],
  ['note', 'Here:\n```json\n{\n  title: "Milk", // name\n  count: 2,\n}\n```\nBye', { title: 'Milk', count: 2 }],
  [
    'note',
    '<think>hm {"title": 1}</think>```json\n{"title": "say "hi"", "count": "2"}\n```',
    { title: 'say "hi"', count: 2 },
  ],
  ['note', `Sure: {'title': 'it's "fine"', 'done': 'true'}`, { title: `it's "fine"`, done: true }],
  ['note', '{“title”: “two\nlines”, “done”: True}', { title: 'two\nlines', done: true }],
  ['note', '{title: Milk, count: 2, done: False}', { title: 'Milk', count: 2, done: false }],
  ['note', '{title: Milk\ncount: 2\ndone: True}', { title: 'Milk', count: 2, done: true }],
  ['note', '{"title": "a "b" c"\n"count": 2}', { title: 'a "b" c', count: 2 }],
  [
    'note',
    '{"title": "first "x" line\nsecond "y" line", "count": 2,}',
    { title: 'first "x" line\nsecond "y" line', count: 2 },
  ],
  ['note', raw`{"title": "C:\dir "quoted"", "count": +2}`, { title: raw`C:\dir "quoted"`, count: 2 }],
  [
    'ticket',
    "{'severity': 'HIGH', 'open': True, 'points': None, 'labels': 'bug'}",
    { severity: 'High', open: true, points: null, labels: ['bug'] },
  ],
  [
    'ticket',
    '{severity: high, open: "false", points: "7", labels: [ui, api]}',
    { severity: 'High', open: false, points: 7, labels: ['ui', 'api'] },
  ],
  [
    'ticket',
    '```\n{"severity": "in review", "open": true, /* yes */ "points": .5, "labels": ["a" "b"]}\n```',
    { severity: 'In Review', open: true, points: 0.5, labels: ['a', 'b'] },
  ],
  [
    'people',
    "[{'name': 'Ann', 'age': 3,}, {'name': 'Bo', 'age': '4'},]",
    [
      { name: 'Ann', age: 3 },
      { name: 'Bo', age: 4 },
    ],
  ],
  [
    'people',
    '[{name: "Ann", age: 3} {name: "Bo", age: 4}]',
    [
      { name: 'Ann', age: 3 },
      { name: 'Bo', age: 4 },
    ],
  ],
  [
    'people',
    'People:\n[{"name": "Ann "the" Great", "age": 3}, // one\n{"name": "Bo\tB", "age": 4}]\nDone [ok]',
    [
      { name: 'Ann "the" Great', age: 3 },
      { name: 'Bo\tB', age: 4 },
    ],
  ],
  ['person', '\uFEFFResult: {name: \'O\'Neil\', "age": "41", email: None}', { name: "O'Neil", age: 41, email: null }],
  [
    'nested',
    `{'outer': {'inner': "x", 'list': [{'id': 1, 'text': 'it's'}, {'id': '2', 'text': "t"},]}}`,
    {
      outer: {
        inner: 'x',
        list: [
          { id: 1, text: "it's" },
          { id: 2, text: 't' },
        ],
      },
    },
  ],
  [
    'nested',
    '{outer: {inner: two words, list: {id: 1, text: "a\nb"}}}',
    { outer: { inner: 'two words', list: [{ id: 1, text: 'a\nb' }] } },
  ],
  ['shape', "```json\n{'type': 'Square', 'side': '2',}\n```", { type: 'square', side: 2 }],
  ['shape', '{type: circle, radius: 2}', { type: 'circle', radius: 2 }],
  ['shape', '{radius: 2, type: circle}', { type: 'circle', radius: 2 }],
  ['scores', "{'a': 1 'b': 2}", { a: 1, b: 2 }],
  ['words', `{"words": ['it's', "say "x"", b]}`, { words: ["it's", 'say "x"', 'b'] }],
  ['words', '{"words": [\n  "a", # first\n  "b" # second\n]}', { words: ['a', 'b'] }],
  ['words', "```python\n{'words': ['a', 'b',]}\n```", { words: ['a', 'b'] }],
  ['any', "{'a': None, 'b': [True, False,], 'c': 'x\ny',}", { a: null, b: [true, false], c: 'x\ny' }],
  ['any', '{a: .5, b: "x "y" z", /* c */ }', { a: 0.5, b: 'x "y" z' }],
  ['any', '// head\n{"a": 1,, "b": 2,} // tail', { a: 1, b: 2 }],
  [
    'any',
    '{"html": "<div class="a" id=\'b\'>\n  <p>Hi</p>\n</div>", "n": 1}',
    { html: '<div class="a" id=\'b\'>\n  <p>Hi</p>\n</div>', n: 1 },
  ],
])
