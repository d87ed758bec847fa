import { execFile, spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { chmod, cp, mkdir, readFile, writeFile } from 'node:fs/promises'
import { delimiter, join } from 'node:path'
import { promisify } from 'node:util'
import { describe, expect, test } from '@jest/globals'
import { temporaryDir } from '../temporary-dir.ts'
import { ROOT } from './deployed.ts'

const read = (...path: string[]) => readFileSync(join(ROOT, ...path), 'utf8')
const dir = await temporaryDir()

describe('the workflows', () => {
  const WORKFLOWS = readdirSync(join(ROOT, '.github/workflows'))

  test.each(WORKFLOWS)('%s names every action by its commit, with the version as a comment', (file) => {
    const used = [...read('.github/workflows', file).matchAll(/\buses:\s*(.+)/g)].map(
      ([, action = '']) => action,
    )
    expect(used.length).toBeGreaterThan(0)
    expect(used.filter((action) => !/^[\w-]+\/[\w/-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+$/.test(action))).toEqual(
      [],
    )
  })

  test('Dependabot keeps actions, packages, images and providers current', () => {
    const ecosystems = [...read('.github/dependabot.yml').matchAll(/package-ecosystem: (\S+)/g)]
    expect(ecosystems.map(([, name]) => name)).toEqual(['github-actions', 'npm', 'docker', 'terraform'])
  })

  test('the deployment may sign, and signs what .ci/deploy lists', () => {
    const workflow = read('.github/workflows/deploy.yml')
    expect(workflow).toMatch(/^permissions:\n( {2}.+\n)* {2}id-token: write\n {2}attestations: write\n/m)
    expect(workflow).toMatch(
      /uses: actions\/attest@.+\n\s+with: \{ subject-checksums: dist\/checksums\.txt \}/,
    )
  })
})

test('nothing is run by npx without a version', () => {
  const commands = [...read('.ci/deploy').matchAll(/npx -y (\S+)/g)].map(([, name = '']) => name)
  expect(commands.filter((name) => !/@\d+\.\d+\.\d+$/.test(name))).toEqual([])
})

test('a deployment lists what it deployed by its SHA-256', async () => {
  const digest = 'd'.repeat(64)
  await deployWithStandIns({
    npm: 'mkdir -p dist/web/assets && echo page >dist/web/assets/page.js',
    npx: '',
    docker: '',
    git: 'echo 0123456789abcdef',
    gcloud: `case "$*" in *--format*) echo sha256:${digest} ;; esac`,
    terraform: 'case "$*" in *plan*) echo code >infra/.build/scan.zip ;; *page_config*) echo {} ;; esac',
  })
  const sha256 = (text: string) => createHash('sha256').update(text).digest('hex')
  expect((await readFile(join(dir, 'dist/checksums.txt'), 'utf8')).trimEnd().split('\n')).toEqual([
    `${sha256('code\n')}  infra/.build/scan.zip`,
    `${sha256('page\n')}  dist/web/assets/page.js`,
    `${sha256('{}\n')}  dist/web/config.json`,
    expect.stringMatching(new RegExp(`^${digest}  \\S+-docker\\.pkg\\.dev/\\S+/images/relay$`)),
  ])
})

/** Runs .ci/deploy in a directory of its own, with shell scripts in the place of the commands that it calls. */
async function deployWithStandIns(commands: Record<string, string>): Promise<void> {
  const bin = join(dir, 'bin')
  await mkdir(bin)
  await cp(join(ROOT, '.ci'), join(dir, '.ci'), { recursive: true })
  await cp(join(ROOT, 'infra/environments'), join(dir, 'infra/environments'), { recursive: true })
  for (const [name, script] of Object.entries(commands)) {
    await writeFile(join(bin, name), `#!/usr/bin/env bash\n${script}\n`)
    await chmod(join(bin, name), 0o755)
  }
  const env = { ...process.env, PATH: `${bin}${delimiter}${process.env.PATH}` }
  await promisify(execFile)(join(dir, '.ci/deploy'), ['staging'], { env })
}

describe('the packages', () => {
  interface Locked {
    resolved?: string
    integrity?: string
    hasInstallScript?: boolean
    name?: string
  }
  const { '': _own, ...packages }: Record<string, Locked> = JSON.parse(read('package-lock.json')).packages

  test('each is locked by its hash and by its address in the public registry', () => {
    const incomplete = Object.entries(packages).filter(
      ([, { resolved = '', integrity = '' }]) =>
        !resolved.startsWith('https://registry.npmjs.org/') || !/^sha512-[\w+/]{86}==$/.test(integrity),
    )
    expect(Object.keys(packages).length).toBeGreaterThan(500)
    expect(incomplete.map(([path]) => path)).toEqual([])
  })

  test('each install script is allowed or denied by name, and no other name stands there', () => {
    const { allowScripts } = JSON.parse(read('package.json'))
    const nameOf = (path: string) => path.slice(path.lastIndexOf('node_modules/') + 'node_modules/'.length)
    const withScript = Object.entries(packages).filter(([, { hasInstallScript }]) => hasInstallScript)
    const names = new Set(withScript.map(([path, { name = nameOf(path) }]) => name))
    expect(Object.keys(allowScripts).toSorted()).toEqual([...names].toSorted())
  })

  // Older versions of npm run every script; .npmrc says what that means here.
  const reviews = !spawnSync('npm', ['config', 'get', 'strict-allow-scripts'], {
    encoding: 'utf8',
  }).stdout.includes('undefined')
  const where = reviews ? test : test.skip
  where(
    `npm fails for a script that is not named there${reviews ? '' : ': skipped, this needs npm 11.16'}`,
    async () => {
      const project = join(dir, 'project')
      const script = { name: 'script', version: '1.0.0', scripts: { install: 'echo ran >ran' } }
      await mkdir(join(project, 'script'), { recursive: true })
      await writeFile(join(project, 'script/package.json'), JSON.stringify(script))
      await writeFile(
        join(project, 'package.json'),
        JSON.stringify({ name: 'project', dependencies: { script: 'file:script' } }),
      )
      await writeFile(join(project, '.npmrc'), read('.npmrc'))
      const installing = promisify(execFile)('npm', ['install', '--offline'], { cwd: project })
      await expect(installing).rejects.toMatchObject({
        stderr: expect.stringContaining('ESTRICTALLOWSCRIPTS'),
      })
      expect(existsSync(join(project, 'script/ran'))).toBe(false)
    },
  )
})
