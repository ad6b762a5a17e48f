import { type ChangeEvent, useRef } from 'react'
import { BASE } from '../shared/served.ts'
import { createPicture, type Picture } from './picture.ts'
import { type Sample, samplesFor } from './samples.ts'

interface InvitationProps {
  /** Leaves the room to the pictures that there are. */
  readonly compact: boolean
  readonly classes: readonly string[]
  readonly choose: (files: readonly File[]) => void
  readonly openCamera: () => void
  readonly take: (picture: Picture) => void
  readonly fail: (note: string) => void
}

/** The ways to give the model a picture. */
export function Invitation(props: InvitationProps) {
  const input = useRef<HTMLInputElement>(null)
  const choose = ({ currentTarget }: ChangeEvent<HTMLInputElement>) => {
    props.choose([...(currentTarget.files ?? [])])
    // the same file can be chosen again
    currentTarget.value = ''
  }
  const samples = samplesFor(props.classes)
  return (
    <section
      className={props.compact ? 'invitation compact' : 'invitation'}
      aria-label="Give the model a picture"
    >
      {props.compact ? (
        <p className="with-mouse">Drop or paste more</p>
      ) : (
        <>
          <p className="invitation-title">
            <span className="with-mouse">Drop pictures anywhere on this page</span>
            <span className="with-finger">Show the model a picture</span>
          </p>
          <p className="with-mouse">
            or paste one with <kbd>{pasteKeys()}</kbd>
          </p>
        </>
      )}
      <div className="invitation-ways">
        <button type="button" className="button primary" onClick={() => input.current?.click()}>
          Choose pictures
        </button>
        <button type="button" className="button" onClick={props.openCamera}>
          Use the camera
        </button>
        <input
          ref={input}
          type="file"
          accept="image/*"
          multiple
          hidden
          onChange={choose}
          aria-label="Pictures"
        />
      </div>
      {samples.length > 0 && <Samples samples={samples} take={props.take} fail={props.fail} />}
    </section>
  )
}

function Samples({
  samples,
  take,
  fail,
}: {
  readonly samples: readonly Sample[]
  readonly take: (picture: Picture) => void
  readonly fail: (note: string) => void
}) {
  const pick = async (sample: Sample) => {
    const response = await fetch(new URL(sample.file, BASE))
    if (!response.ok) throw new Error(`The server answered ${response.status}.`)
    const file = new File([await response.blob()], sample.file.split('/').at(-1)!, {
      type: 'image/png',
    })
    take(createPicture(file, `Sample: ${sample.label}`))
  }
  return (
    <div className="samples">
      <p id="samples-title">or try one of these</p>
      <ul aria-labelledby="samples-title">
        {samples.map((sample) => (
          <li key={sample.file}>
            <button
              type="button"
              className="sample"
              title={sample.label}
              aria-label={sample.label}
              onClick={() => void pick(sample).catch(() => fail('The sample could not be loaded.'))}
            >
              <img
                src={new URL(sample.file, BASE).href}
                alt=""
                width="56"
                height="56"
                className="sample-picture"
              />
              <span className="sample-name">{sample.label}</span>
            </button>
          </li>
        ))}
      </ul>
    </div>
  )
}

function pasteKeys(): string {
  return /Mac|iPhone|iPad/.test(navigator.userAgent) ? '⌘ V' : 'Ctrl V'
}
