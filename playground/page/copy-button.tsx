import { useEffect, useState } from 'react'

/** Puts on the clipboard what `text` gives when it is pressed. */
export function CopyButton({ what, text }: { what: string; text: () => string }) {
  const [isCopied, setIsCopied] = useState(false)
  useEffect(() => {
    if (!isCopied) return
    const timer = setTimeout(() => setIsCopied(false), 1_500)
    return () => clearTimeout(timer)
  }, [isCopied])
  return (
    <button
      type="button"
      className="quiet"
      aria-label={`Copy ${what}`}
      onClick={() => {
        navigator.clipboard.writeText(text()).then(
          () => setIsCopied(true),
          () => {},
        )
      }}
    >
      {isCopied ? 'Copied' : 'Copy'}
    </button>
  )
}
