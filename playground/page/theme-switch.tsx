import { useEffect, useState } from 'react'
import { Segments } from './fields.tsx'

type Theme = 'system' | 'light' | 'dark'

const KEY = 'structstream-theme'
const names: Record<Theme, string> = { system: 'Auto', light: 'Light', dark: 'Dark' }

/** Light, dark, or what the system says. */
export function ThemeSwitch() {
  const [theme, setTheme] = useState(remembered)
  useEffect(() => {
    if (theme === 'system') delete document.documentElement.dataset['theme']
    else document.documentElement.dataset['theme'] = theme
    try {
      localStorage.setItem(KEY, theme)
    } catch {
      // A page without storage forgets it.
    }
  }, [theme])
  return <Segments label="Colors" value={theme} options={names} onChange={setTheme} />
}

function remembered(): Theme {
  try {
    const theme = localStorage.getItem(KEY)
    return theme === 'light' || theme === 'dark' ? theme : 'system'
  } catch {
    return 'system'
  }
}
