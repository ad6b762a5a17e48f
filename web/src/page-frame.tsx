import { Link, Outlet } from '@tanstack/react-router'
import { type Server, servedBy } from './shared/served.ts'
import { chooseTheme, useTheme } from './shared/theme.ts'

interface PageLink {
  readonly to: '/' | '/compare'
  readonly title: string
}

/** In the order of the work: what a server has pages for stands in its line. */
const PAGES: Readonly<Record<Server, readonly PageLink[]>> = {
  ui: [
    { to: '/', title: 'Runs' },
    { to: '/compare', title: 'Compare' },
  ],
  service: [{ to: '/', title: 'Try' }],
}

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
          {PAGES[servedBy].map(({ to, title }) => (
            <Link key={to} to={to} activeOptions={{ exact: to === '/', includeSearch: false }}>
              {title}
            </Link>
          ))}
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
      aria-label={theme === 'dark' ? 'Dark theme' : 'Light theme'}
    >
      <svg viewBox="0 0 16 16" width="16" height="16" aria-hidden="true">
        {theme === 'dark' ? (
          <path d="M13.500 10A6 6 0 0 1 6 2.500 6 6 0 1 0 13.500 10z" fill="currentColor" />
        ) : (
          <path
            d="M8 1v1.500M8 13.500V15M1 8h1.500M13.500 8H15M3 3l1.100 1.100M11.900 11.900 13 13M13 3l-1.100 1.100M4.100 11.900 3 13M8 5a3 3 0 1 0 0 6 3 3 0 0 0 0-6z"
            fill="none"
            stroke="currentColor"
            strokeWidth="1.400"
            strokeLinecap="round"
          />
        )}
      </svg>
    </button>
  )
}
