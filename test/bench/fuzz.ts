import { execFileSync, fork } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Analysed } from './fuzz-process.ts'
import { check } from './measure.ts'

/**
 * Analyses spoiled files of every format in a process of its own, so that its memory is that of a server, and one file
 * can be named that ends it.
 */
export async function benchFuzz(options: { json?: boolean; files: string; seed: string }): Promise<void> {
  const modelsDir = await mkdtemp(join(tmpdir(), 'face-recon-drive-bench-'))
  try {
    convertNets(modelsDir)
    const child = fork(new URL('./fuzz-process.ts', import.meta.url), [
      modelsDir,
      options.files,
      options.seed,
    ])
    const analysed: Analysed[] = []
    child.on('message', (message) => analysed.push(message as Analysed))
    const [code] = await once(child, 'exit')
    check(code === 0, `the process outlives the file behind ${analysed.at(-1)?.what}`)
    print(analysed, options.json ?? false)
  } finally {
    await rm(modelsDir, { recursive: true, force: true })
  }
}

/** In another process, because the memory that it takes would count. */
function convertNets(modelsDir: string): void {
  const module = new URL('../../shared/face/nets/models.ts', import.meta.url).href
  const code = `(await import('${module}')).buildModels(${JSON.stringify(modelsDir)})`
  execFileSync(process.execPath, ['--input-type=module', '--eval', code])
}

function print(results: readonly Analysed[], json: boolean): void {
  const rows = [...Map.groupBy(results, ({ name }) => name)].map(([name, files]) => {
    const count = (outcome: string) => files.filter((file) => file.outcome === outcome).length
    return {
      name,
      files: files.length,
      searched: count('searched'),
      damaged: count('damaged'),
      errors: files.length - count('searched') - count('damaged'),
      'slowest ms': Math.max(...files.map(({ milliseconds }) => milliseconds)),
      'RSS MB': Math.max(...files.map(({ megabytes }) => megabytes)),
    }
  })
  if (json) console.log(JSON.stringify(rows))
  else console.table(rows)
}
