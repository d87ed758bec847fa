import qrcode from 'qrcode'
import type { Network } from './network.ts'

export interface StartMessage {
  /** Without the base path. */
  url: string
  /** The server is reachable from the network, so a phone can open the page. */
  open: boolean
  /** The one whose address links carry first. */
  networks: Network[]
  /** The directory served as the Drive; undefined for Google Drive. */
  photosDir: string | undefined
  /** A selfie to try the sample album with. */
  selfie: string | undefined
  uploads: string
  /** The key for uploads from elsewhere, or where it is kept. */
  key: string | undefined
}

/** The message printed once the server has started. */
export async function startMessage(about: StartMessage): Promise<string> {
  const { url, open, networks, photosDir, selfie, uploads, key } = about
  const link = photosDir ? 'local:/' : '<folder link>'
  // Photos of one's own often lie in subfolders alone.
  const scan = selfie ? `${link} ${selfie}` : `${link} selfie.jpg --recursive`
  const lines = [
    `face-recon-drive listens on ${url}/api/v1`,
    `Page: ${open ? `http://localhost:${new URL(url).port}` : url}/`,
    `Documentation: ${url}/api/v1/docs`,
    `Photos: ${photosDir ?? 'Google Drive'}`,
    `Uploads: ${uploads}`,
    'Face engine: starting; a search waits for it',
    `Command line: npm run scan -- ${scan} --url ${url}`,
  ]
  if (key !== undefined) lines.push(`API key for other devices: ${key}`)
  if (open && new URL(url).hostname === 'localhost') {
    lines.push(
      '',
      'This machine has no network address: phones cannot open its links. As soon as it has one, links carry it.',
    )
  } else if (open) {
    lines.push('', ...severalNetworks(networks), `On a phone on the same network: ${url}/`)
    lines.push(await terminalQr(`${url}/`))
  }
  return lines.join('\n')
}

/** What is printed when the address in the network has changed. */
export async function movedMessage(url: string): Promise<string> {
  return [
    '',
    `This machine has another network address now: ${url}/`,
    'Links and QR codes carry it from now on. Those made before lead nowhere: show or print them again from the page.',
    await terminalQr(`${url}/`),
  ].join('\n')
}

function severalNetworks([inUse, ...others]: Network[]): string[] {
  if (!inUse || others.length === 0) return []
  const named = (networks: Network[]) =>
    networks.map(({ name, address }) => `${address} (${name})`).join(', ')
  return [
    `Links and QR codes carry the address in one of several networks: ${named([inUse])}, not ${named(others)}.`,
    `For another one, start with --network ${others[0]?.name}, or set API_BASE_URL.`,
  ]
}

function terminalQr(text: string): Promise<string> {
  return qrcode.toString(text, { type: 'terminal', small: true, errorCorrectionLevel: 'L' })
}
