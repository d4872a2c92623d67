import { JUDGE_PATH, type JudgeRequest } from '../protocol.ts'
import type { Judgement } from '../judgement.ts'

/** Asks the server how an answer would be read. @throws an error whose message is for the user */
export async function judgeAnswer(request: JudgeRequest, signal: AbortSignal): Promise<Judgement> {
  const response = await fetch(JUDGE_PATH, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(request),
    signal,
  }).catch((cause: unknown) => {
    throw new Error('The playground’s server can’t be reached.', { cause })
  })
  if (!response.ok) throw new Error(await response.text())
  return (await response.json()) as Judgement
}
