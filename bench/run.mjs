/**
 * The figures of the README, measured against PyTorch on this machine.
 *
 *     npm run bench                      everything (about 80 minutes on 2 cores)
 *     npm run bench -- throughput fast   some of it; the table keeps what was measured before
 *
 * Wants Fashion-MNIST (FASHION_MNIST_DIR or data/raw). Peers: BENCH_PYTHON (default python3) with
 * torch from PyPI, and DEBIAN_PYTHON (default /usr/bin/python3) with Debian's python3-torch; a
 * missing peer is named and its comparison left out.
 */
import { runSections } from './run-sections.mjs'
import { sections } from './sections.mjs'

await runSections(sections, 'results.json')
