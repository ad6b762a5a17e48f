export interface Sample {
  readonly label: string
  /** Below the pages' folder; drawn by `scripts/draw-samples.mjs`. */
  readonly file: string
}

export const SAMPLES: readonly Sample[] = [
  { label: 'T-shirt', file: 'samples/t-shirt.png' },
  { label: 'Trouser', file: 'samples/trouser.png' },
  { label: 'Pullover', file: 'samples/pullover.png' },
  { label: 'Dress', file: 'samples/dress.png' },
  { label: 'Coat', file: 'samples/coat.png' },
  { label: 'Sandal', file: 'samples/sandal.png' },
  { label: 'Shirt', file: 'samples/shirt.png' },
  { label: 'Sneaker', file: 'samples/sneaker.png' },
  { label: 'Bag', file: 'samples/bag.png' },
  { label: 'Ankle boot', file: 'samples/ankle-boot.png' },
]

/**
 * The samples that a model with these classes can name, as `T-shirt/top` names a T-shirt. Garments
 * are no use to a model of anything else: at least half of them have to be known.
 */
export function samplesFor(classes: readonly string[]): readonly Sample[] {
  const known = new Set(classes.flatMap((name) => name.toLowerCase().split('/')).map(plain))
  const found = SAMPLES.filter(({ label }) => known.has(plain(label)))
  return 2 * found.length >= SAMPLES.length ? found : []
}

function plain(name: string): string {
  return name.toLowerCase().replaceAll(/[^a-z0-9]/g, '')
}
