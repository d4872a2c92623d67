import { useCallback, useEffect, useState } from 'react'
import { fetchRecording, readRecording, type OpenRecording } from './recording-file.ts'

/**
 * The recording that is open: of the file picker, dropped anywhere on the page, or the one that the server was started with.
 *
 * @param first the name of the latter
 * @param onOpen gets each recording that was opened, and what is wrong with what is none; the same function as long as possible
 */
export function useRecording(
  first: string | undefined,
  onOpen: (opened: OpenRecording | { problem: string }) => void,
): { open: (file: File) => void; isDropping: boolean } {
  const [isDropping, setIsDropping] = useState(false)
  const settle = useCallback(
    (opening: Promise<OpenRecording>): void => {
      opening.then(onOpen, (error: Error) => onOpen({ problem: error.message }))
    },
    [onOpen],
  )
  const open = useCallback((file: File) => settle(readRecording(file)), [settle])

  const [hasBegun, setHasBegun] = useState(false)
  useEffect(() => {
    if (first === undefined || hasBegun) return
    setHasBegun(true)
    settle(fetchRecording(first))
  }, [first, hasBegun, settle])

  useEffect(() => {
    const hasFiles = (event: DragEvent): boolean => event.dataTransfer?.types.includes('Files') ?? false
    const over = (event: DragEvent): void => {
      if (!hasFiles(event)) return
      event.preventDefault()
      setIsDropping(true)
    }
    const leave = (event: DragEvent): void => {
      // It leaves elements all the time; without another one it has left the page.
      if (event.relatedTarget === null) setIsDropping(false)
    }
    const drop = (event: DragEvent): void => {
      const file = event.dataTransfer?.files[0]
      if (!hasFiles(event)) return
      // Otherwise the browser leaves the page and shows the file.
      event.preventDefault()
      setIsDropping(false)
      if (file !== undefined) open(file)
    }
    document.addEventListener('dragover', over)
    document.addEventListener('dragleave', leave)
    document.addEventListener('drop', drop)
    return () => {
      document.removeEventListener('dragover', over)
      document.removeEventListener('dragleave', leave)
      document.removeEventListener('drop', drop)
    }
  }, [open])
  return { open, isDropping }
}
