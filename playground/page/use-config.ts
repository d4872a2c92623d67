import { useEffect, useState } from 'react'
import { CONFIG_PATH, type PlayConfig } from '../protocol.ts'

/** What the server can do; undefined until it has answered. */
export function useConfig(): PlayConfig | undefined {
  const [config, setConfig] = useState<PlayConfig>()
  useEffect(() => {
    const controller = new AbortController()
    fetch(CONFIG_PATH, { signal: controller.signal })
      .then((response) => response.json())
      .then((answer) => setConfig(answer as PlayConfig))
      // Without it, only the simulated model can be chosen.
      .catch(() => {})
    return () => controller.abort()
  }, [])
  return config
}
