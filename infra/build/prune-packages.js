import { existsSync, readdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'

// Runs after each install, in this project and in the deployed functions that find faces. Deletes the folders of installed
// packages that nothing here can load. It downloads nothing, and after npm ci --ignore-scripts the folders simply stay.
// Plain JavaScript: the Node that runs an install may not read TypeScript.

const PACKAGES = 'node_modules'

/** Every folder of `parent` whose name matches loses all folders but one. */
const PRUNED = [
  // Each version of the binding has a folder per platform and, in it, one per architecture: 288 MB, of which a machine
  // can load one (45 MB on Linux x64).
  { parent: 'onnxruntime-node/bin', name: /^napi-v\d+$/, keep: `${process.platform}/${process.arch}` },
  // 340 APIs, 241 MB; the code imports googleapis/build/src/apis/drive (3 MB) by its path.
  { parent: 'googleapis/build/src', name: /^apis$/, keep: 'drive' },
  // C++ headers and manual pages, 67 MB, beside bin/node.
  { parent: 'node/node_modules', name: /^node-\w+-\w+$/, keep: 'bin' },
]

for (const { parent, name, keep } of PRUNED) {
  const within = join(PACKAGES, parent)
  if (!existsSync(within)) continue
  for (const folder of readdirSync(within).filter((entry) => name.test(entry))) {
    try {
      keepOnly(join(within, folder), keep.split('/'))
    } catch (error) {
      // Too many files are no reason to fail an install.
      console.warn(`Could not delete unused files of ${parent}: ${error}`)
    }
  }
}

/** Deletes the folders beside `path`, level by level. Where `path` does not exist, nothing is deleted. */
function keepOnly(folder, path) {
  if (!existsSync(join(folder, ...path))) return
  const [kept, ...rest] = path
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    if (entry.isDirectory() && entry.name !== kept) rmSync(join(folder, entry.name), { recursive: true })
  }
  if (rest.length > 0) keepOnly(join(folder, kept), rest)
}
