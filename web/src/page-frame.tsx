import { Link, Outlet } from '@tanstack/react-router'
import { chooseTheme, useTheme } from './shared/theme.ts'

export function PageFrame() {
  return (
    <div className="frame">
      <a className="skip" href="#content">
        To the content
      </a>
      <header className="top">
        <Link to="/" className="brand">
          Atelier
        </Link>
        <nav aria-label="Pages">
          <Link to="/" activeOptions={{ exact: true, includeSearch: false }}>
            Runs
          </Link>
          <Link to="/compare" activeOptions={{ includeSearch: false }}>
            Compare
          </Link>
        </nav>
        <ThemeToggle />
      </header>
      <main id="content" tabIndex={-1}>
        <Outlet />
      </main>
    </div>
  )
}

function ThemeToggle() {
  const theme = useTheme()
  const other = theme === 'dark' ? 'light' : 'dark'
  return (
    <button
      type="button"
      className="button quiet"
      onClick={() => chooseTheme(other)}
      title={`Show in ${other} colours`}
    >
      {theme === 'dark' ? 'Dark theme' : 'Light theme'}
    </button>
  )
}
