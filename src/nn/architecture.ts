import type { Layer } from './network.ts'

export interface ArchitectureOptions {
  readonly classes: number
  readonly dropout: number
  /** A channel count times the width multiplier, rounded, at least 1. */
  channels(count: number): number
}

/** A network family: one short file of layers for any geometry and number of classes. */
export interface Architecture {
  readonly summary: string
  /** Dropout probability unless configured. */
  readonly dropout: number
  layers(options: ArchitectureOptions): Layer
}
