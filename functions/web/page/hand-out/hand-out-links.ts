import type { UploadResponse } from '../../../../shared/contract/drive.ts'
import type { PageConfig } from '../../../../shared/contract/page-config.ts'

/** Width and height in pixels of the picture of a QR code, on the screen and on paper. */
export const QR_SIDE = 480

/** The page that shows the picture, at the address that the server has now: where its link and its QR code lead. */
export const linkOf = ({ file_id }: UploadResponse, { public_api_base }: PageConfig): string =>
  new URL(`/p/${file_id}`, new URL(public_api_base, location.href)).href
