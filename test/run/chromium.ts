import { existsSync } from 'node:fs'
import { type Browser, chromium } from 'playwright-core'
import type { Shared } from './shared.ts'

/** Where Debian, Ubuntu, Fedora and macOS install Chromium or Chrome. */
const PLACES = [
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
]

const ARGUMENTS = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  '--use-fake-device-for-media-stream',
  // Every window would load two pages of the browser's own for its address bar, which cost more than those under test.
  '--disable-features=WebUIOmniboxPopup,WebUIOmniboxAimPopup',
]

/** Path of the system's Chromium; undefined if there is none. */
export function findChromium(): string | undefined {
  return PLACES.find((path) => existsSync(path))
}

/** A headless Chromium without background traffic, whose camera shows a test picture. */
export function launchChromium(executablePath: string): Promise<Browser> {
  return chromium.launch({ executablePath, args: ARGUMENTS })
}

/** The same Chromium for all test files of a run; its value is the URL to connect to. */
export async function shareChromium(): Promise<Shared> {
  const executablePath = findChromium()
  if (executablePath === undefined) throw new Error('there is no Chromium on this machine')
  const server = await chromium.launchServer({ executablePath, args: ARGUMENTS, host: '127.0.0.1' })
  return { value: server.wsEndpoint(), stop: () => server.close() }
}
