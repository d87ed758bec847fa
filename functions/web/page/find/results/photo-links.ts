import type { PageConfig } from '../../../../../shared/contract/page-config.ts'
import { loadAccount } from '../stored.ts'
import type { Photo } from './findings.ts'

/** Addresses of a photo. */
export interface PhotoLinks {
  /** Small pictures, the best first. */
  thumbnails: string[]
  /** The largest picture that this page may show. */
  large: string[]
  /** Where a person gets the original, from this page. */
  download: string
  /** Where a person gets the original, from another device. */
  elsewhere: string
  /** The photo's page in Drive. */
  drive: string | undefined
}

export function photoLinks(photo: Photo, { api_base, public_api_base, google }: PageConfig): PhotoLinks {
  const { scan, file_id, download_url } = photo
  const thumbnail = `${api_base}/scan/${scan.scan_id}/matches/${encodeURIComponent(file_id)}/thumbnail?${new URLSearchParams({ key: scan.scan_key })}`
  // The server may be known to this device by another name than to the world.
  const download = download_url.startsWith(`${public_api_base}/`)
    ? api_base + download_url.slice(public_api_base.length)
    : download_url
  return {
    thumbnails: [thumbnail, ...(google ? [] : [download])],
    large: google ? [thumbnail] : [download, thumbnail],
    download,
    elsewhere: download_url,
    drive: google ? `https://drive.google.com/file/d/${encodeURIComponent(file_id)}/view` : undefined,
  }
}

/** PNG of a QR code for a link. */
export function qrCode(link: string, size: number, { api_base }: PageConfig): string {
  return `${api_base}/drive/qr?${new URLSearchParams({ url: link, size: String(size) })}`
}

/**
 * The bytes of the original. From Google with the guest's own token, because Google's download links cannot be read
 * by another site's page. Rejects when the answer is not the file.
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
