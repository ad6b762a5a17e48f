import { useQuery } from '@tanstack/react-query'
import type { UiFile } from '../../../src/contracts/index.ts'
import { fileUrl } from '../shared/api.ts'
import { Problem } from '../shared/problem.tsx'

interface FileViewerProps {
  readonly id: string
  readonly file: UiFile
  readonly close: () => void
}

const MOST_CHARACTERS = 200_000

export function FileViewer({ id, file, close }: FileViewerProps) {
  const url = fileUrl(id, file.path)
  return (
    <section className="panel viewer" aria-label={file.path}>
      <div className="viewer-head">
        <code>{file.path}</code>
        <a className="button small" href={url} target="_blank" rel="noreferrer">
          Open
        </a>
        <button type="button" className="button small" onClick={close}>
          Close
        </button>
      </div>
      {file.kind === 'image' && <img src={url} alt={file.path} />}
      {file.kind === 'page' && <iframe src={url} title={file.path} sandbox="" />}
      {file.kind === 'text' && <TextFile url={url} modified={file.modified} />}
    </section>
  )
}

/** The end of a long file is what is new in it. */
function TextFile({ url, modified }: { readonly url: string; readonly modified: number }) {
  const { data, error } = useQuery({
    queryKey: ['file', url, modified],
    queryFn: async ({ signal }) => {
      const response = await fetch(url, { signal })
      if (!response.ok) throw new Error(`The server answered ${response.status}.`)
      return response.text()
    },
    placeholderData: (before) => before,
  })
  if (error !== null) return <Problem error={error} />
  if (data === undefined) return <p className="faint">Loading …</p>
  const cut = data.length > MOST_CHARACTERS
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by key
    <pre tabIndex={0}>{cut ? `…\n${data.slice(-MOST_CHARACTERS)}` : data}</pre>
  )
}
