/**
 * The figures of monitoring, measured on this machine: a drift report over a million logged rows beside
 * Evidently's, and what the prediction log costs the service.
 *
 *     npm run bench:monitor             everything (about 4 minutes on 2 cores)
 *     npm run bench:monitor -- report   some of it; the table keeps what was measured before
 *
 * `logging` wants Fashion-MNIST (FASHION_MNIST_DIR or data/raw). Peer of `report`: BENCH_DRIFT_PYTHON
 * (default python3) with evidently 0.4.22 and what it needs; without, the comparison is left out.
 */
import { monitorSections } from './monitor-sections.mjs'
import { runSections } from './run-sections.mjs'

await runSections(monitorSections, 'monitor-results.json')
