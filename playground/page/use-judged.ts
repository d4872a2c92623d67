import { useCallback, useRef, useState, useSyncExternalStore } from 'react'
import type { JudgeRequest } from '../protocol.ts'
import { judgeAnswer } from './judge-answer.ts'
import { Playback } from './playback.ts'

/** An answer that is there already, on its way through the server and after it. */
export type Judged =
  | { status: 'none' }
  | { status: 'waiting' }
  | { status: 'failed'; message: string }
  | { status: 'judged'; playback: Playback }

/** Judges one answer at a time. */
export function useJudged(): {
  judged: Judged
  isPlaying: boolean
  /** @param speed plays it at once; otherwise its end is shown */
  judge: (request: JudgeRequest, speed?: number) => Promise<void>
  fail: (message: string) => void
  /** Stops playing, or what is on its way. */
  stop: () => void
  clear: () => void
} {
  const [judged, setJudged] = useState<Judged>({ status: 'none' })
  const request = useRef<AbortController>(undefined)
  const playback = useRef<Playback>(undefined)
  const show = useCallback((next: Judged): void => {
    request.current?.abort()
    playback.current?.pause()
    playback.current = next.status === 'judged' ? next.playback : undefined
    setJudged(next)
  }, [])
  const judge = useCallback(
    async (wanted: JudgeRequest, speed?: number): Promise<void> => {
      show({ status: 'waiting' })
      const own = new AbortController()
      request.current = own
      try {
        const made = new Playback(await judgeAnswer(wanted, own.signal))
        if (own.signal.aborted) return
        show({ status: 'judged', playback: made })
        if (speed !== undefined) made.play(speed)
      } catch (error) {
        if (!own.signal.aborted) show({ status: 'failed', message: (error as Error).message })
      }
    },
    [show],
  )
  const fail = useCallback((message: string) => show({ status: 'failed', message }), [show])
  const clear = useCallback(() => show({ status: 'none' }), [show])
  const stop = useCallback((): void => {
    if (playback.current === undefined) clear()
    else playback.current.pause()
  }, [clear])
  const shown = judged.status === 'judged' ? judged.playback : undefined
  const isPlaying = useSyncExternalStore(shown?.subscribe ?? neverChanges, () => shown?.isPlaying ?? false)
  return { judged, isPlaying, judge, fail, stop, clear }
}

const neverChanges = (): (() => void) => () => {}
