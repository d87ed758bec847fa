/**
 * The part of the protocol buffer encoding that an ONNX file needs.
 * Wire format: https://protobuf.dev/programming-guides/encoding
 * Messages and field numbers: https://github.com/onnx/onnx/blob/main/onnx/onnx.proto
 */

/** A field's number and its value: a message or bytes, a string, an integer or a float. */
export type Field = [number: number, value: Uint8Array | string | number | { float: number }]

const VARINT = 0
const LENGTH = 2
const FIXED32 = 5

/** Encodes a message. A repeated field is given once per value. */
export function message(...fields: Field[]): Uint8Array {
  return Buffer.concat(fields.flatMap(([number, value]) => encode(number, value)))
}

function encode(number: number, value: Field[1]): Uint8Array[] {
  if (typeof value === 'number') return [varint((number << 3) | VARINT), varint(value)]
  if (typeof value === 'object' && 'float' in value) {
    const bytes = Buffer.alloc(4)
    bytes.writeFloatLE(value.float)
    return [varint((number << 3) | FIXED32), bytes]
  }
  const bytes = typeof value === 'string' ? Buffer.from(value) : value
  return [varint((number << 3) | LENGTH), varint(bytes.length), bytes]
}

/** Seven bits per byte, lowest first; negative numbers as 64-bit two's complement. */
function varint(value: number): Uint8Array {
  const bytes: number[] = []
  let rest = BigInt.asUintN(64, BigInt(value))
  do {
    const more = rest > 0x7fn
    bytes.push(Number(rest & 0x7fn) | (more ? 0x80 : 0))
    rest >>= 7n
  } while (rest > 0n)
  return Uint8Array.from(bytes)
}
