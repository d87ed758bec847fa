/**
 * libheif's C API as WebAssembly: pointers are offsets in its memory, and a function that returns an error writes it to
 * the pointer that comes first. Only what this project uses.
 */
declare module 'libheif-js/libheif-wasm/libheif-bundle.js' {
  interface Libheif {
    /** Another array after the memory has grown. */
    readonly HEAPU8: Uint8Array
    _malloc(bytes: number): number
    _free(pointer: number): void
    _heif_context_alloc(): number
    _heif_context_free(context: number): void
    _heif_context_get_security_limits(context: number): number
    _heif_context_read_from_memory_without_copy(
      error: number,
      context: number,
      bytes: number,
      length: number,
      options: 0,
    ): void
    _heif_context_get_primary_image_handle(error: number, context: number, handle: number): void
    _heif_image_handle_release(handle: number): void
    _heif_image_handle_get_item_id(handle: number): number
    _heif_image_handle_get_image_tiling(
      error: number,
      handle: number,
      transformed: 0 | 1,
      tiling: number,
    ): void
    _heif_decoding_options_alloc(): number
    _heif_decoding_options_free(options: number): void
    _heif_decode_image(
      error: number,
      handle: number,
      image: number,
      colourSpace: number,
      chroma: number,
      options: number,
    ): void
    _heif_image_handle_decode_image_tile(
      error: number,
      handle: number,
      image: number,
      colourSpace: number,
      chroma: number,
      options: number,
      column: number,
      row: number,
    ): void
    _heif_image_get_width(image: number, channel: number): number
    _heif_image_get_height(image: number, channel: number): number
    _heif_image_get_plane_readonly(image: number, channel: number, stride: number): number
    _heif_image_release(image: number): void
    _heif_item_get_transformation_properties(
      context: number,
      item: number,
      properties: number,
      count: number,
    ): number
    _heif_item_get_property_type(context: number, item: number, property: number): number
    _heif_item_get_property_transform_rotation_ccw(context: number, item: number, property: number): number
    _heif_item_get_property_transform_mirror(context: number, item: number, property: number): number
    _heif_item_get_property_transform_crop_borders(
      context: number,
      item: number,
      property: number,
      width: number,
      height: number,
      left: number,
      top: number,
      right: number,
      bottom: number,
    ): void
  }
  function createLibheif(): Libheif
  export = createLibheif
}
