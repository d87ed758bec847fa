import type { UploadResponse } from '../../../../shared/contract/drive.ts'

/** Width and height in pixels of the picture of a QR code, on the screen and on paper. */
export const QR_SIDE = 480

/** The page that shows the picture: where its link and its QR code lead. */
export const linkOf = ({ page_url }: UploadResponse): string => page_url
