import type { PageConfig } from '../../../../shared/contract/page-config.ts'
import { loadAccount } from '../find/stored.ts'
import type { Photo } from './photo.ts'

/** URLs of a photo. */
export interface PhotoLinks {
  /** The original, if this page may show it as it is. */
  shown: string | undefined
  /** The original, for this device. */
  download: string
  /** The original, for another device. */
  elsewhere: string
  /** The photo's page in Drive. */
  drive: string | undefined
}

export function photoLinks(photo: Photo, { api_base, public_api_base, google }: PageConfig): PhotoLinks {
  const { file_id, download_url } = photo
  // This device may reach the server under another host name than its public one.
  const download = download_url.startsWith(`${public_api_base}/`)
    ? api_base + download_url.slice(public_api_base.length)
    : download_url
  return {
    shown: google ? undefined : download,
    download,
    elsewhere: download_url,
    drive: google ? `https://drive.google.com/file/d/${encodeURIComponent(file_id)}/view` : undefined,
  }
}

/** URL of a PNG with the QR code of a link; `size` in pixels. */
export function qrCode(link: string, size: number, { api_base }: PageConfig): string {
  return `${api_base}/drive/qr?${new URLSearchParams({ url: link, size: String(size) })}`
}

/**
 * Fetches the original. From Google with the guest's token, because pages of other sites cannot read Google's
 * download links. Rejects if the response is an error.
 */
export async function fetchOriginal(
  photo: Photo,
  config: PageConfig,
  signal: AbortSignal,
): Promise<Response> {
  const token = loadAccount()?.access_token
  const [address, headers] = config.google
    ? [
        `${config.google_api_root}/drive/v3/files/${encodeURIComponent(photo.file_id)}?alt=media&supportsAllDrives=true`,
        { Authorization: `Bearer ${token}` },
      ]
    : [photoLinks(photo, config).download, {}]
  const response = await fetch(address, { headers, signal })
  if (!response.ok) throw new Error(`${response.status}`)
  return response
}
