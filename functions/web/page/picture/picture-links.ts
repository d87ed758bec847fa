/** URLs of an uploaded picture. */
export interface PictureLinks {
  /** The picture in the size of a screen, as every browser shows it. */
  preview: string
  /** The picture itself. */
  download: string
  /** The picture's page in Drive. */
  drive: string | undefined
  /** Whether this page may read the picture itself, to share it. Google's answers no other site may read. */
  readable: boolean
}

const ON_SERVER = /^stored_[\w-]{32}$/
/** Ids of Google have 19 characters and more. */
const IN_DRIVE = /^[\w-]{15,200}$/

/** Undefined for what is no picture's id. */
export function pictureLinks(id: string): PictureLinks | undefined {
  const path = `/api/v1/drive/files/${id}`
  const preview = `${path}/preview`
  if (ON_SERVER.test(id)) {
    return { preview, download: `${path}/content`, drive: undefined, readable: true }
  }
  if (!IN_DRIVE.test(id)) return undefined
  return {
    preview,
    download: `https://drive.google.com/uc?id=${id}&export=download`,
    drive: `https://drive.google.com/file/d/${id}/view?usp=sharing`,
    readable: false,
  }
}
