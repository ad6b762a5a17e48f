import type { Axis, CurveSearch } from '../search.ts'

interface CurveControlsProps {
  readonly search: CurveSearch
  readonly change: (part: { smooth?: number; log?: boolean; x?: Axis | undefined }) => void
}

/** Smoothing, log scale and x axis; they live in the address. */
export function CurveControls({ search, change }: CurveControlsProps) {
  const { smooth = 0, log = false, x = 'step' } = search
  return (
    <div className="controls">
      <label className="control">
        Smoothing
        <input
          type="range"
          min={0}
          max={0.99}
          step={0.01}
          value={smooth}
          onChange={(event) => change({ smooth: Number(event.target.value) })}
        />
        <output className="number">{smooth.toFixed(2)}</output>
      </label>
      <label className="control">
        <input
          type="checkbox"
          checked={log}
          onChange={(event) => change({ log: event.target.checked })}
        />
        Log scale
      </label>
      <fieldset className="segments">
        <legend className="hidden">Horizontal axis</legend>
        {(['step', 'time'] as const).map((axis) => (
          <label key={axis} className={axis === x ? 'segment chosen' : 'segment'}>
            <input
              type="radio"
              name="axis"
              checked={axis === x}
              onChange={() => change({ x: axis === 'step' ? undefined : axis })}
            />
            {axis === 'step' ? 'Steps' : 'Time'}
          </label>
        ))}
      </fieldset>
    </div>
  )
}
