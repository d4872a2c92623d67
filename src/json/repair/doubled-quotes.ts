import type { Lookahead } from './lookahead.ts'

/*
 * A document that went through CSV has every quote twice: `{""key"": ""value""}`. Doubled quotes around a value alone
 * may be a quotation; a key in them settles what they are.
 */

/** Returns the key of `key"":`, where `ahead` is after the first two quotes; null: this is none. */
export function doubledKey(ahead: Lookahead): string | null {
  const start = ahead.at
  ahead.takeWhile(/[ \t\r\n]/)
  // `"":` is strict JSON: a key that is empty.
  if (ahead.isShort || ahead.peek() === ':') return null
  ahead.at = start
  const key = ahead.takeWhile(/[^"\\\r\n{}[\]]/)
  if (key === '' || ahead.peek() !== '"' || ahead.peek(1) !== '"') return null
  ahead.at += 2
  const { at } = ahead
  const isKey = ahead.colon()
  ahead.at = at
  return isKey ? key : null
}

/** What a string in doubled quotes does at the first of `quotes`, its next three characters. */
export function endsDoubled(quotes: string, quote: string, isWhole: boolean): 'ended' | 'waiting' | 'unreadable' {
  const isPair = quotes[0] === quote && quotes[1] === quote
  if (quotes.length < 3 && !isWhole && (isPair || quotes.length === 1)) return 'waiting'
  return isPair && quotes[2] !== quote ? 'ended' : 'unreadable'
}
