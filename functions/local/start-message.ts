import qrcode from 'qrcode'

export interface StartMessage {
  /** Without the base path. */
  url: string
  /** The server is reachable from the network, so a phone can open the page. */
  open: boolean
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
  const { url, open, photosDir, selfie, uploads, key } = about
  const link = photosDir ? 'local:/' : '<folder link>'
  const lines = [
    `face-recon-drive listens on ${url}/api/v1`,
    `Page: ${open ? `http://localhost:${new URL(url).port}` : url}/`,
    `Documentation: ${url}/api/v1/docs`,
    `Photos: ${photosDir ?? 'Google Drive'}`,
    `Uploads: ${uploads}`,
    'Face engine: starting; a search waits for it',
    `Command line: npm run scan -- ${link} ${selfie ?? 'selfie.jpg'} --url ${url}`,
  ]
  if (key !== undefined) lines.push(`API key for other devices: ${key}`)
  if (open && new URL(url).hostname === 'localhost') {
    lines.push(
      '',
      'This machine has no network address: phones cannot open its links. Connect it and start again.',
    )
  } else if (open) {
    lines.push('', `On a phone on the same network: ${url}/`, await terminalQr(`${url}/`))
  }
  return lines.join('\n')
}

function terminalQr(text: string): Promise<string> {
  return qrcode.toString(text, { type: 'terminal', small: true, errorCorrectionLevel: 'L' })
}
