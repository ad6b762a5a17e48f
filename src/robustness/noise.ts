import { at, type Corruption, type PerSeverity } from './corruption.ts'
import {
  HALF_WORDS,
  halfWords,
  normalQuantiles,
  POISSON_PARTS,
  poissonQuantiles,
} from './quantiles.ts'

/** Standard deviation, pixels in [0, 1]. */
const GAUSSIAN: PerSeverity<number> = [0.04, 0.06, 0.08, 0.09, 0.1]
/** Photons that make white. */
const PHOTONS: PerSeverity<number> = [500, 250, 100, 75, 50]
/** Share of values that become black or white. */
const IMPULSES: PerSeverity<number> = [0.01, 0.02, 0.03, 0.05, 0.07]

export const gaussianNoise: Corruption = {
  family: 'noise',
  meaning: 'Noise of a sensor in poor light: each value moves by a normal draw.',
  prepare: (_, severity) => {
    const deviations = normalQuantiles().map((z) => z * at(GAUSSIAN, severity))
    return (pixels, random) => {
      const draw = halfWords(random)
      for (let i = 0; i < pixels.length; i++) pixels[i]! += deviations[draw()]!
    }
  },
}

export const shotNoise: Corruption = {
  family: 'noise',
  meaning: 'Counted light: each value is a Poisson draw around itself.',
  prepare: (_, severity) => {
    const photons = at(PHOTONS, severity)
    const counts = Array.from({ length: 256 }, (_, level) =>
      poissonQuantiles((level / 255) * photons),
    )
    return (pixels, random) => {
      const draw = halfWords(random)
      const coarser = HALF_WORDS / POISSON_PARTS
      for (let i = 0; i < pixels.length; i++) {
        const ofLevel = counts[Math.round(pixels[i]! * 255)]!
        pixels[i] = ofLevel[Math.floor(draw() / coarser)]! / photons
      }
    }
  },
}

export const impulseNoise: Corruption = {
  family: 'noise',
  meaning: 'Salt and pepper: some values become black or white.',
  prepare: (_, severity) => {
    const half = (at(IMPULSES, severity) * HALF_WORDS) / 2
    return (pixels, random) => {
      const draw = halfWords(random)
      for (let i = 0; i < pixels.length; i++) {
        // black grows from the one end of the draws, white from the other: more severe, the same and more
        const word = draw()
        if (word < half) pixels[i] = 0
        else if (word >= HALF_WORDS - half) pixels[i] = 1
      }
    }
  },
}
