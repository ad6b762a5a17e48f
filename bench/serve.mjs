/**
 * The figures of the inference service, measured on this machine against the service that a Python
 * team writes first (bench/peers/fastapi_peer.py), round by round in one run.
 *
 *     npm run bench:serve                      everything (about 15 minutes on 2 cores)
 *     npm run bench:serve -- throughput raw    some of it; the table keeps what was measured before
 *
 * Wants Fashion-MNIST (FASHION_MNIST_DIR or data/raw) and nothing else that works on this machine: the
 * client shares its cores with the service. Peer: BENCH_PYTHON (default python3) with torch,
 * torchvision, fastapi, uvicorn, python-multipart and pillow; where it is missing the comparison is
 * left out.
 */
import { runSections } from './run-sections.mjs'
import { serveSections } from './serve-sections.mjs'

await runSections(serveSections, 'serve-results.json')
