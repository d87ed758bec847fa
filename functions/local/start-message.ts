import qrcode from 'qrcode'

export interface StartMessage {
  /** Without the base path. */
  url: string
  /** The page is open to the network, so a phone can be pointed at it. */
  open: boolean
  /** The directory that stands for the Drive; undefined for Google Drive. */
  photosDir: string | undefined
  /** An image to try an album with. */
  selfie: string | undefined
  uploads: string
}

/** What somebody who has just started the server needs to know. */
export async function startMessage(about: StartMessage): Promise<string> {
  const { url, open, photosDir, selfie, uploads } = about
  const link = photosDir ? 'local:/' : '<folder link>'
  const lines = [
    `face-recon-drive listens on ${url}/api/v1`,
    `Page: ${open ? `http://localhost:${new URL(url).port}` : url}/`,
    `Documentation: ${url}/api/v1/docs`,
    `Photos: ${photosDir ?? 'Google Drive'}`,
    `Uploads: ${uploads}`,
    `Command line: npm run scan -- ${link} ${selfie ?? 'selfie.jpg'}`,
  ]
  if (open) {
    lines.push('', `On a phone in the same network: ${url}/`, await terminalQr(`${url}/`))
  }
  return lines.join('\n')
}

function terminalQr(text: string): Promise<string> {
  return qrcode.toString(text, { type: 'terminal', small: true, errorCorrectionLevel: 'L' })
}
