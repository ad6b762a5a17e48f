/** One look for every figure: light paper, thin grid, colours of Okabe and Ito (colour-blind safe). */
export const palette = {
  paper: '#ffffff',
  ink: '#1f2328',
  quiet: '#59636e',
  grid: '#e4e8ec',
  /** For training, and for a single series. */
  blue: '#0072b2',
  /** For validation. */
  orange: '#d55e00',
  /** For the test split. */
  green: '#009e73',
  purple: '#cc79a7',
  yellow: '#e69f00',
  sky: '#56b4e9',
} as const

/** White to deep blue, even in lightness: for counts and shares. */
export const sequentialBlues = ['#f7fafd', '#cfe1f0', '#93c0de', '#4b93c4', '#0b63a0', '#06396b']

const FONT = 'DejaVu Sans'

/** Vega-Lite configuration of the house theme. Sizes are CSS pixels; PNGs are drawn at twice that. */
export const houseTheme = {
  font: FONT,
  background: palette.paper,
  padding: 16,
  view: { stroke: null },
  title: {
    anchor: 'start',
    frame: 'group',
    color: palette.ink,
    fontSize: 16,
    fontWeight: 'bold',
    subtitleColor: palette.quiet,
    subtitleFontSize: 11.5,
    subtitleLineHeight: 16,
    subtitlePadding: 6,
    offset: 14,
  },
  axis: {
    domainColor: palette.quiet,
    gridColor: palette.grid,
    labelColor: palette.ink,
    labelFontSize: 11,
    labelPadding: 6,
    tickColor: palette.quiet,
    tickSize: 4,
    titleColor: palette.quiet,
    titleFontSize: 12,
    titleFontWeight: 'normal',
    titlePadding: 10,
  },
  axisX: { grid: false },
  axisY: { domain: false, ticks: false },
  legend: {
    labelColor: palette.ink,
    labelFontSize: 11.5,
    labelLimit: 320,
    orient: 'top',
    symbolStrokeWidth: 2.5,
    title: null,
  },
  line: { strokeWidth: 2, strokeCap: 'round', strokeJoin: 'round' },
  point: { filled: true, size: 60 },
  text: { color: palette.ink, fontSize: 11 },
  range: {
    category: Object.values(palette).slice(4),
    ramp: sequentialBlues,
    heatmap: sequentialBlues,
  },
} as const
