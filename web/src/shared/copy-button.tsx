import { useEffect, useState } from 'react'

const SHOWN_MS = 1600

export function CopyButton({ text }: { readonly text: string }) {
  const [state, setState] = useState<'idle' | 'copied' | 'failed'>('idle')
  useEffect(() => {
    if (state === 'idle') return
    const timer = setTimeout(() => setState('idle'), SHOWN_MS)
    return () => clearTimeout(timer)
  }, [state])
  const copy = () =>
    copyText(text).then(
      () => setState('copied'),
      () => setState('failed'),
    )
  const label = { idle: 'Copy', copied: 'Copied', failed: 'Select it' }[state]
  return (
    <button type="button" className="button small" onClick={() => void copy()} aria-live="polite">
      {label}
    </button>
  )
}

/** Browsers give `navigator.clipboard` to localhost and https only. */
async function copyText(text: string): Promise<void> {
  if (navigator.clipboard !== undefined) return navigator.clipboard.writeText(text)
  const field = document.createElement('textarea')
  field.value = text
  document.body.append(field)
  field.select()
  const done = document.execCommand('copy')
  field.remove()
  if (!done) throw new Error('not copied')
}
