import type { ReactNode } from 'react'
import { CopyButton } from './copy-button.tsx'

/** Tells why there is nothing, and what to run. */
export function EmptyState({
  title,
  command,
  children,
}: {
  readonly title: string
  readonly command?: string
  readonly children?: ReactNode
}) {
  return (
    <div className="empty">
      <p className="empty-title">{title}</p>
      {children !== undefined && <p>{children}</p>}
      {command !== undefined && <CommandLine command={command} />}
    </div>
  )
}

export function CommandLine({ command }: { readonly command: string }) {
  return (
    <div className="command">
      <code>{command}</code>
      <CopyButton text={command} />
    </div>
  )
}
