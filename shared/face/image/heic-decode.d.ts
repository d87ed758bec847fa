declare module 'heic-decode' {
  interface DecodedImage {
    width: number
    height: number
    data: Uint8ClampedArray
  }
  interface HeldImage {
    width: number
    height: number
    decode(): Promise<DecodedImage>
  }
  function decodeHeic(input: { buffer: Uint8Array }): Promise<DecodedImage>
  namespace decodeHeic {
    function all(input: { buffer: Uint8Array }): Promise<HeldImage[] & { dispose(): void }>
  }
  export = decodeHeic
}
