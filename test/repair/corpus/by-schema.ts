import { rows, type Row } from './row.ts'

const TICKET = { severity: 'Low', open: true, points: 1, labels: [] }

/** Values of another form than the schema wants. */
export const BY_SCHEMA: Row[] = [
  ...rows('quoted numbers', [
    ['person', '{"name": "Ann", "age": "3"}', { name: 'Ann', age: 3 }, 'quoted-number'],
    ['person', '{"name": "Ann", "age": "-3"}', { name: 'Ann', age: -3 }, 'quoted-number'],
    ['person', '{"name": "Ann", "age": " 3 "}', { name: 'Ann', age: 3 }, 'quoted-number'],
    ['note', '{"title": "a", "count": "2.5"}', { title: 'a', count: 2.5 }, 'quoted-number'],
    ['note', '{"title": "a", "count": "1e3"}', { title: 'a', count: 1000 }, 'quoted-number'],
    ['note', '{"title": "5", "count": 5}', { title: '5', count: 5 }],
    ['numbers', '["1", 2, "3"]', [1, 2, 3], 'quoted-number', 'quoted-number'],
    ['scores', '{"a": "1", "b": "2"}', { a: 1, b: 2 }, 'quoted-number', 'quoted-number'],
    ['pair', '["a", "2"]', ['a', 2], 'quoted-number'],
    ['shape', '{"type": "circle", "radius": "2"}', { type: 'circle', radius: 2 }, 'quoted-number'],
    ['shape', '{"radius": "2", "type": "circle"}', { type: 'circle', radius: 2 }, 'quoted-number'],
    ['grid', '[["1", "2"], ["3"]]', [[1, 2], [3]], 'quoted-number', 'quoted-number', 'quoted-number'],
    ['ticket', '{"severity": "Low", "open": true, "points": "1", "labels": []}', TICKET, 'quoted-number'],
  ]),
  ...rows('quoted booleans and null', [
    ['note', '{"title": "a", "done": "true"}', { title: 'a', done: true }, 'quoted-boolean'],
    ['note', '{"title": "a", "done": "false"}', { title: 'a', done: false }, 'quoted-boolean'],
    ['note', '{"title": "a", "done": "True"}', { title: 'a', done: true }, 'quoted-boolean'],
    ['note', '{"title": "true", "done": true}', { title: 'true', done: true }],
    ['ticket', '{"severity": "Low", "open": "true", "points": 1, "labels": []}', TICKET, 'quoted-boolean'],
    ['ticket', '{"severity": "Low", "open": true, "points": "null", "labels": []}', { ...TICKET, points: null }, 'quoted-null'],
    ['person', '{"name": "null", "age": 1}', { name: 'null', age: 1 }],
    ['person', '{"name": "a", "age": 1, "email": "null"}', { name: 'a', age: 1, email: 'null' }],
  ]),
  ...rows('letter case of options', [
    ['ticket', '{"severity": "low", "open": true, "points": 1, "labels": []}', TICKET, 'letter-case'],
    ['ticket', '{"severity": "LOW", "open": true, "points": 1, "labels": []}', TICKET, 'letter-case'],
    ['ticket', '{"severity": "in review", "open": true, "points": 1, "labels": []}', { ...TICKET, severity: 'In Review' }, 'letter-case'],
    ['ticket', '{"severity": " Low ", "open": true, "points": 1, "labels": []}', TICKET, 'letter-case'],
    ['ticket', '{"severity": "Low", "open": true, "points": 1, "labels": []}', TICKET],
    ['shape', '{"type": "Circle", "radius": 2}', { type: 'circle', radius: 2 }, 'letter-case'],
    ['shape', '{"type": "SQUARE", "side": 2}', { type: 'square', side: 2 }, 'letter-case'],
    ['ticket', '{"severity": medium, "open": true, "points": 1, "labels": []}', { ...TICKET, severity: 'Medium' }, 'unquoted-string', 'letter-case'],
  ]),
  ...rows('one value for an array', [
    ['words', '{"words": "red"}', { words: ['red'] }, 'wrapped'],
    ['words', '{"words": "red, green"}', { words: ['red, green'] }, 'wrapped'],
    ['words', '{"words": ""}', { words: [''] }, 'wrapped'],
    ['people', '{"name": "Ann", "age": 3}', [{ name: 'Ann', age: 3 }], 'wrapped'],
    ['people', 'Only one: {"name": "Ann", "age": 3}.', [{ name: 'Ann', age: 3 }], 'text-before', 'wrapped', 'text-after'],
    ['ticket', '{"severity": "Low", "open": true, "points": 1, "labels": "bug"}', { ...TICKET, labels: ['bug'] }, 'wrapped'],
    ['nested', '{"outer": {"inner": "a", "list": {"id": 1, "text": "t"}}}', { outer: { inner: 'a', list: [{ id: 1, text: 't' }] } }, 'wrapped'],
    ['grid', '[1, 2]', [[1], [2]], 'wrapped', 'wrapped'],
    ['words', '{"words": "say "hi" now"}', { words: ['say "hi" now'] }, 'wrapped', 'unescaped-quote', 'unescaped-quote'],
    ['words', '{"words": red}', { words: ['red'] }],
    ['people', '{"name": "Ann", "age": "3"}', [{ name: 'Ann', age: 3 }], 'wrapped', 'quoted-number'],
    ['grid', '["1"]', [[1]], 'wrapped', 'quoted-number'],
  ]),
]
