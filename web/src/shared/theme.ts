import { useSyncExternalStore } from 'react'

export type Theme = 'light' | 'dark'

const KEY = 'atelier-theme'
const system = matchMedia('(prefers-color-scheme: dark)')
const listeners = new Set<() => void>()
const tell = () => {
  for (const listener of listeners) listener()
}
system.addEventListener('change', tell)

function currentTheme(): Theme {
  const chosen = document.documentElement.dataset['theme']
  if (chosen === 'light' || chosen === 'dark') return chosen
  return system.matches ? 'dark' : 'light'
}

/** What is shown now: the system's theme, unless another was chosen. */
export function useTheme(): Theme {
  return useSyncExternalStore((listener) => {
    listeners.add(listener)
    return () => listeners.delete(listener)
  }, currentTheme)
}

/** Choosing what the system has anyway means following the system again. */
export function chooseTheme(theme: Theme): void {
  const isSystem = theme === (system.matches ? 'dark' : 'light')
  if (isSystem) delete document.documentElement.dataset['theme']
  else document.documentElement.dataset['theme'] = theme
  try {
    if (isSystem) localStorage.removeItem(KEY)
    else localStorage.setItem(KEY, theme)
  } catch {
    // without storage the choice lasts as long as the page
  }
  tell()
}
