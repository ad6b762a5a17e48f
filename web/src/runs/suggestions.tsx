interface SuggestionsProps {
  readonly keys: readonly string[]
  readonly chosen: number
  readonly take: (index: number) => void
}

/** Keys to choose from, under the filter. The field keeps the focus. */
export function Suggestions({ keys, chosen, take }: SuggestionsProps) {
  return (
    <div id="filter-keys" className="suggestions" role="listbox" aria-label="Keys">
      {keys.map((key, at) => (
        <div
          key={key}
          role="option"
          aria-selected={at === chosen}
          onMouseDown={(event) => {
            event.preventDefault()
            take(at)
          }}
        >
          <code>{key}</code>
        </div>
      ))}
    </div>
  )
}
