import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { Utils } from '@cyclonedx/cyclonedx-library/Contrib/License'
import type { ThirdParty } from './packages.ts'

/**
 * What a reader needs to use another version of a library under the LGPL, which the licence asks for. The build fails for
 * one that is not here.
 */
const REPLACING: Record<string, string> = {
  'libheif-js':
    'It is in face-worker.js or preview-worker.js. To use another version, or one of your own, replace the package in node_modules of the source\n' +
    'tree (npm install libheif-js@VERSION) and run npm run build. Its source: https://github.com/strukturag/libheif and\n' +
    'https://github.com/catdad-experiments/libheif-emscripten',
  '@img/sharp-libvips-linux-x64':
    'A shared library (lib/libvips-cpp.so) that is installed beside the code and loaded when it starts. Replace that file by\n' +
    'a compatible one, or build sharp against a libvips of your own: https://sharp.pixelplumbing.com/install. Its source and\n' +
    'that of the libraries in it: https://github.com/lovell/sharp-libvips',
}

/** Texts of licences that are in no package. */
export interface OtherNotice {
  title: string
  text: string
}

/**
 * The licences of everything that is deployed with a program, as their texts ask for: those under the LGPL with the way
 * to replace them first, then each package with its text.
 *
 * @param root directory in which the packages' paths are
 */
export function notices(
  packages: readonly ThirdParty[],
  { root, others = [] }: { root: string; others?: readonly OtherNotice[] },
): string {
  const lesser = packages.filter(({ license }) => /\bLGPL\b/.test(license))
  const parts = lesser.map(({ name, version, license }) => {
    const replacing = REPLACING[name]
    if (replacing === undefined)
      throw new Error(`${name} is under the ${license}: say in notices.ts how to replace it`)
    return `${name} ${version} is under the ${license}.\n${replacing}`
  })
  for (const pack of packages) {
    const { name, version, license } = pack
    const texts = textsOf(join(root, pack.path))
    const text = texts.length > 0 ? texts.join('\n\n') : 'The package has no text of its licence.'
    parts.push(`${name} ${version}\nLicence: ${license}\n\n${text}`)
  }
  parts.push(...others.map(({ title, text }) => `${title}\n\n${text.trim()}`))
  const head = 'This program is deployed with the following software of others.'
  return `${[head, ...parts].join(`\n\n${'-'.repeat(80)}\n\n`)}\n`
}

/** The texts of the files that hold licences, or else what the README says of them. */
function textsOf(dir: string): string[] {
  if (!existsSync(dir)) return []
  const files = [...new Utils.LicenseEvidenceGatherer().getFileAttachments(dir)].map(
    ({ filePath }) => filePath,
  )
  if (files.length > 0) return files.toSorted().map((file) => readFileSync(file, 'utf8').trim())
  const readme = readdirSync(dir).find((file) => /^readme(\.md)?$/i.test(file))
  if (readme === undefined) return []
  const section = /^#+ Licen[cs].*\n+((?:(?!^#).*\n?)+)/im.exec(readFileSync(join(dir, readme), 'utf8'))
  return section?.[1] ? [section[1].trim()] : []
}
