import { useEffect, useState } from 'react'

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
  return (
    <fieldset className="segmented" aria-label="Colors">
      {(Object.keys(names) as Theme[]).map((name) => (
        <label key={name}>
          <input type="radio" name="theme" checked={theme === name} onChange={() => setTheme(name)} />
          <span>{names[name]}</span>
        </label>
      ))}
    </fieldset>
  )
}

function remembered(): Theme {
  try {
    const theme = localStorage.getItem(KEY)
    return theme === 'light' || theme === 'dark' ? theme : 'system'
  } catch {
    return 'system'
  }
}
