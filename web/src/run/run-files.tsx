import { useQuery } from '@tanstack/react-query'
import type { UiFile, UiRun } from '../../../src/contracts/index.ts'
import type { ChangeSearch, RunSearch } from '../search.ts'
import { filesOptions, fileUrl } from '../shared/api.ts'
import { EmptyState } from '../shared/empty-state.tsx'
import { formatBytes, formatTime } from '../shared/format.ts'
import { Problem } from '../shared/problem.tsx'
import { FileViewer } from './file-viewer.tsx'

interface RunFilesProps {
  readonly run: UiRun
  readonly file: string | undefined
  readonly change: ChangeSearch<RunSearch>
}

export function RunFiles({ run, file, change }: RunFilesProps) {
  const { record } = run
  const { data, error } = useQuery(filesOptions(record.id, record.status === 'running'))
  if (data === undefined) {
    return error === null ? <p className="faint">Loading …</p> : <Problem error={error} />
  }
  if (data.missing !== null) {
    return <EmptyState title="The files are not here">{data.missing}</EmptyState>
  }
  const figures = data.files.filter(({ kind }) => kind === 'image')
  const chosen = data.files.find(({ path }) => path === file)
  return (
    <div className="section">
      <Figures id={record.id} figures={figures} />
      <h2>Files</h2>
      <div className={chosen === undefined ? 'files alone' : 'files'}>
        <FileTable id={record.id} files={data.files} chosen={file} change={change} />
        {chosen !== undefined && (
          <FileViewer id={record.id} file={chosen} close={() => change({ file: undefined })} />
        )}
      </div>
    </div>
  )
}

function Figures({ id, figures }: { readonly id: string; readonly figures: readonly UiFile[] }) {
  if (figures.length === 0) {
    return (
      <EmptyState title="No figures yet" command={`atelier evaluate ${id}`}>
        Judging the model on the test split draws them. Each look is counted.
      </EmptyState>
    )
  }
  return (
    <div className="figures">
      {figures.map(({ path, modified }) => (
        <figure key={path} className="figure">
          <a href={fileUrl(id, path)} target="_blank" rel="noreferrer">
            <img src={`${fileUrl(id, path)}?at=${modified}`} alt={path} loading="lazy" />
          </a>
          <figcaption>{path}</figcaption>
        </figure>
      ))}
    </div>
  )
}

interface FileTableProps {
  readonly id: string
  readonly files: readonly UiFile[]
  readonly chosen: string | undefined
  readonly change: ChangeSearch<RunSearch>
}

function FileTable({ id, files, chosen, change }: FileTableProps) {
  return (
    <div className="panel wide">
      <table className="rows">
        <thead>
          <tr>
            <th scope="col">File</th>
            <th scope="col" className="number">
              Size
            </th>
            <th scope="col">Written</th>
          </tr>
        </thead>
        <tbody>
          {files.map((file) => (
            <tr key={file.path} aria-current={file.path === chosen ? 'true' : undefined}>
              <td title={file.sha256 === null ? undefined : `sha256 ${file.sha256}`}>
                {file.kind === 'data' ? (
                  <a href={fileUrl(id, file.path)} download>
                    {file.path}
                  </a>
                ) : (
                  <button
                    type="button"
                    className="link"
                    onClick={() => change({ file: file.path })}
                  >
                    {file.path}
                  </button>
                )}
              </td>
              <td className="number">{formatBytes(file.bytes)}</td>
              <td className="faint">{formatTime(file.modified)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  )
}
