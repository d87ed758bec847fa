import decodeHeic from 'heic-decode'

export interface HeicImage {
  width: number
  height: number
  /** r, g, b, a per pixel, upright: libheif applies the rotation that the file specifies. */
  decode(): Promise<Uint8Array>
}

/** Calls `use` with the first image of the file. Its size is known before any pixel is decoded. */
export async function withHeicImage<T>(bytes: Uint8Array, use: (image: HeicImage) => Promise<T>): Promise<T> {
  const images = await decodeHeic.all({ buffer: bytes })
  try {
    const [image] = images
    if (image === undefined) throw new Error('The HEIC file holds no image.')
    const decode = async () => {
      const { data } = await image.decode()
      return new Uint8Array(data.buffer, data.byteOffset, data.byteLength)
    }
    return await use({ width: image.width, height: image.height, decode })
  } finally {
    images.dispose()
  }
}
