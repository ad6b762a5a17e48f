import { useState } from 'react'
import { shortName } from '../shared/format.ts'
import { type Bar, formatMilliseconds, formatPercent, sortBars } from './bars.ts'
import { Correction } from './correction.tsx'
import { modelName } from './model-line.tsx'
import type { Prediction } from './service-api.ts'

interface PictureResultProps {
  readonly prediction: Prediction
  readonly classes: readonly string[]
}

export function PictureResult({ prediction, classes }: PictureResultProps) {
  const { answer, roundTrip } = prediction
  const { warnings = [], latency_ms: latency } = answer
  const bars = sortBars(answer.all_probabilities, classes)
  return (
    <div className="card-result">
      <p className="card-answer">
        <strong>{answer.predicted_class}</strong>
        <span>{formatPercent(answer.confidence)}</span>
      </p>
      {warnings.map((warning) => (
        <p key={warning} className="card-warning">
          {warning}
        </p>
      ))}
      <Bars bars={bars} />
      <p className="card-facts">
        <span title={`${modelName(answer.model)}, sha256 ${answer.model.sha256}`}>
          {shortName(modelName(answer.model))}
        </span>
        <span>{formatMilliseconds(roundTrip)} there and back</span>
        {latency !== undefined && <span>{formatMilliseconds(latency)} in the service</span>}
      </p>
      <Correction
        key={answer.prediction_id}
        answer={answer}
        labels={classes.length > 0 ? classes : bars.map(({ label }) => label)}
      />
    </div>
  )
}

/** A reference task has ten classes; of hundreds the most likely come first. */
const FIRST = 10

function Bars({ bars }: { readonly bars: readonly Bar[] }) {
  const [all, setAll] = useState(false)
  const shown = all ? bars : bars.slice(0, FIRST)
  return (
    <>
      <ol className="bars" aria-label="Probability of each class">
        {shown.map(({ label, value }) => (
          <li key={label}>
            <span className="bar-label" title={label}>
              {label}
            </span>
            <span className="bar-track" aria-hidden="true">
              <i style={{ width: `${100 * value}%` }} />
            </span>
            <span className="number">{formatPercent(value)}</span>
          </li>
        ))}
      </ol>
      {bars.length > FIRST && (
        <button type="button" className="button small" onClick={() => setAll(!all)}>
          {all ? `Only the first ${FIRST}` : `All ${bars.length} classes`}
        </button>
      )}
    </>
  )
}
