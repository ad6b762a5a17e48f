import { useEffect, useEffectEvent, useState } from 'react'

export interface Dropped {
  readonly files: readonly File[]
  /** Folders are not looked into. */
  readonly folders: number
}

/** Files dropped anywhere on the page. Returns whether some are held over it now. */
export function useDropAnywhere(take: (dropped: Dropped) => void): boolean {
  const [over, setOver] = useState(false)
  const drop = useEffectEvent((event: DragEvent) => {
    setOver(false)
    if (event.dataTransfer === null || !holdsFiles(event)) return
    event.preventDefault()
    take(filesOf(event.dataTransfer))
  })
  useEffect(() => {
    const move = (event: DragEvent) => {
      if (!holdsFiles(event)) return
      event.preventDefault()
      event.dataTransfer!.dropEffect = 'copy'
      setOver(true)
    }
    // without a related target the pointer has left the window, not just an element
    const leave = (event: DragEvent) => event.relatedTarget === null && setOver(false)
    const events = { dragover: move, dragleave: leave, drop } as const
    for (const [name, listener] of Object.entries(events)) {
      addEventListener(name, listener as EventListener)
    }
    return () => {
      for (const [name, listener] of Object.entries(events)) {
        removeEventListener(name, listener as EventListener)
      }
    }
  }, [])
  return over
}

function holdsFiles({ dataTransfer }: DragEvent): boolean {
  return dataTransfer?.types.includes('Files') === true
}

function filesOf({ items, files }: DataTransfer): Dropped {
  const isFolder = [...items]
    .filter(({ kind }) => kind === 'file')
    .map((item) => item.webkitGetAsEntry()?.isDirectory === true)
  return {
    files: [...files].filter((_, at) => isFolder[at] !== true),
    folders: isFolder.filter(Boolean).length,
  }
}
