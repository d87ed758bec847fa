import type { UploadResponse } from '../../../../shared/contract/drive.ts'

/** Width and height in pixels of the picture of a QR code, on the screen and on paper. */
export const QR_SIDE = 480

/** Where the picture's link leads, and its QR code. */
export const linkOf = ({ drive_link }: UploadResponse): string => drive_link
export const qrTargetOf = ({ download_link }: UploadResponse): string => download_link
