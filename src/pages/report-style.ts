/**
 * Style sheet of `report.html`. Figures are drawn once, in the light theme; in the dark one their
 * colours are replaced by the selectors on `fill` and `stroke`.
 */
export const reportStyle = `
:root { color-scheme: light dark; --paper: #fff; --page: #f4f6f8; --ink: #1f2328; --quiet: #59636e;
  --line: #dde2e7; --blue: #0b63a0; --heat: #3b8bc4; --good: #00664b; --bad: #b3261e; --pale: #a5cbe6;
  --band: #d5efe7; }
@media screen and (prefers-color-scheme: dark) {
  :root { --paper: #171b21; --page: #0e1116; --ink: #e4e8ec; --quiet: #9aa5b1; --line: #2b323b;
    --blue: #7cc0f0; --heat: #2f7fb8; --good: #5fd3b0; --bad: #ff8a80; --pale: #2c5573; --band: #12352c; }
  .figure [fill="#1f2328"] { fill: var(--ink) } .figure [fill="#59636e"] { fill: var(--quiet) }
  .figure [stroke="#59636e"] { stroke: var(--quiet) } .figure [stroke="#e4e8ec"] { stroke: var(--line) }
  .figure [stroke="#ffffff"] { stroke: var(--paper) } .figure [stroke="#0072b2"] { stroke: #58b4ee }
  .figure [fill="#0072b2"] { fill: #58b4ee } .figure [stroke="#d55e00"] { stroke: #ff914d }
  .figure [fill="#d55e00"], .figure [fill="#a34700"] { fill: #ff914d }
  .figure [fill="#009e73"], .figure [fill="#00664b"] { fill: var(--good) }
  .figure [stroke="#009e73"] { stroke: var(--good) } .figure [stroke="#003f66"] { stroke: #b9dcf5 }
  .figure [fill="#003f66"] { fill: #b9dcf5 } .figure [stroke="#a5cbe6"] { stroke: var(--pale) }
  .figure [fill="#a5cbe6"] { fill: var(--pale) } .figure [fill="#d5efe7"] { fill: var(--band) }
}
.figure [fill="#ffffff"] { fill: none }
* { box-sizing: border-box }
body { margin: 0; background: var(--page); color: var(--ink);
  font: 15px/1.5 system-ui, "Segoe UI", Roboto, "DejaVu Sans", sans-serif; }
main { max-width: 1060px; margin: 0 auto; padding: 28px 20px 60px; }
h1 { font-size: 17px; font-weight: 600; margin: 0; color: var(--quiet); }
h2 { font-size: 18px; margin: 0 0 4px; }
section { background: var(--paper); border: 1px solid var(--line); border-radius: 10px;
  padding: 20px 24px; margin-top: 18px; break-inside: avoid; }
p { margin: 6px 0; } .note { color: var(--quiet); max-width: 75ch; }
.verdict { font-size: 46px; line-height: 1.15; font-weight: 700; margin: 8px 0 0; color: var(--good);
  font-variant-numeric: tabular-nums; }
.verdict.bad { color: var(--bad) }
.verdict small { font-size: 18px; font-weight: 500; color: var(--ink); }
dl { display: grid; grid-template-columns: repeat(auto-fill, minmax(225px, 1fr)); gap: 12px 24px; margin: 18px 0 0; }
dt { color: var(--quiet); font-size: 13px; } dd { margin: 0; overflow-wrap: anywhere; }
.scroll { overflow-x: auto; margin-top: 12px; }
table { border-collapse: collapse; font-variant-numeric: tabular-nums; }
th, td { padding: 5px 12px; text-align: right; border-bottom: 1px solid var(--line); white-space: nowrap; }
th { font-weight: 600; } thead th { color: var(--quiet); font-weight: 500; }
tbody th, th.name, td.name { text-align: left; }
tfoot th, tfoot td { border-bottom: 0; color: var(--quiet); } tfoot th { text-align: left; font-weight: 500; }
.bar { background: linear-gradient(to right, color-mix(in srgb, var(--heat) 32%, transparent) var(--share), transparent 0); }
.matrix td, .matrix thead th { text-align: center; padding: 6px 4px; min-width: 56px; border: 1px solid var(--paper); }
.matrix td { background: color-mix(in srgb, var(--heat) var(--share), transparent); }
.matrix thead th { white-space: normal; font-size: 13px; vertical-align: bottom; }
.matrix .right { font-weight: 700; }
.figure svg, .paper { max-width: 100%; height: auto; display: block; }
.figure svg text { font-family: inherit; }
.wide { width: 100%; } .stack { display: grid; gap: 20px; justify-items: center; }
.pair { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(430px, 100%), 1fr)); gap: 8px 28px; align-items: center; }
.mistakes { display: grid; grid-template-columns: repeat(auto-fill, minmax(118px, 1fr)); gap: 16px; margin-top: 14px; }
.mistakes figure { margin: 0; font-size: 13px; line-height: 1.35; }
.mistakes img { width: 100%; aspect-ratio: 1; object-fit: contain; image-rendering: pixelated;
  border-radius: 6px; background: var(--page); display: block; margin-bottom: 6px; }
pre { background: var(--page); border-radius: 6px; padding: 12px 14px; overflow-x: auto;
  font: 13px/1.5 ui-monospace, "DejaVu Sans Mono", monospace; }
summary { cursor: pointer; } .key { font-weight: 600; } .raw { color: #0072b2 } .fitted { color: #d55e00 }
@media screen and (prefers-color-scheme: dark) { .raw { color: #58b4ee } .fitted { color: #ff914d } }
@media print { body { background: none; font-size: 11px; } main { max-width: none; padding: 0; }
  section { border: 0; padding: 12px 0; } .verdict { font-size: 32px; }
  .pair { grid-template-columns: 1fr 1fr; } .pair > *, tr { break-inside: avoid; } h2 { break-after: avoid; }
  * { print-color-adjust: exact; -webkit-print-color-adjust: exact; } }
`
