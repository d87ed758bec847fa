/** URLs of an uploaded picture. */
export interface PictureLinks {
  /** An image that the browser can show. */
  shown: string
  download: string
  /** The picture's page in Drive. */
  drive: string | undefined
  /** Whether this page may read the bytes, which it needs for sharing the file itself. Google's answers no other site may read. */
  readable: boolean
}

const ON_SERVER = /^stored_[\w-]{32}$/
/** Ids of Google have 19 characters and more. */
const IN_DRIVE = /^[\w-]{15,200}$/

/** Undefined for what is no picture's id. */
export function pictureLinks(id: string): PictureLinks | undefined {
  if (ON_SERVER.test(id)) {
    const link = `/api/v1/drive/files/${id}/content`
    return { shown: link, download: link, drive: undefined, readable: true }
  }
  if (!IN_DRIVE.test(id)) return undefined
  return {
    shown: `https://drive.google.com/thumbnail?id=${id}&sz=w1600`,
    download: `https://drive.google.com/uc?id=${id}&export=download`,
    drive: `https://drive.google.com/file/d/${id}/view?usp=sharing`,
    readable: false,
  }
}
