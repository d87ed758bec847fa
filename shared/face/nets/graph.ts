import { type Field, message } from './protobuf.ts'

export interface Tensor {
  shape: number[]
  data: Float32Array | Float16Array | BigInt64Array
}

/** Attributes of a node: integers, lists of integers, floats and strings. */
type Attributes = Record<string, number | number[] | { float: number } | string>

/** A graph under construction. Values are referred to by name; `constant` and `node` return the name of what they add. */
export interface Graph {
  constant(tensor: Tensor): string
  node(type: string, inputs: string[], attributes?: Attributes): string
  /** The ONNX file. A dimension of the input is a number, or a name where it varies from run to run. */
  toModel(input: { name: string; shape: (number | string)[] }, outputs: Record<string, string>): Uint8Array
}

const FLOAT = 1
const INT64 = 7
const FLOAT16 = 10
const ATTRIBUTE = { float: 1, int: 2, string: 3, ints: 7 }
/** ONNX version 8 with operator set 13: read by every onnxruntime since 2021. */
const IR_VERSION = 8
const OPERATOR_SET = 13

/** @param halfPrecision stores constants as 16-bit floats, half the size; the net still computes with 32 bits */
export function createGraph(name: string, { halfPrecision = false } = {}): Graph {
  const nodes: Uint8Array[] = []
  const constants: Uint8Array[] = []

  function node(type: string, inputs: string[], attributes: Attributes = {}): string {
    const id = `n${nodes.length}`
    const names = inputs.map((input): Field => [1, input])
    const settings = Object.entries(attributes).map(
      ([key, value]): Field => [5, attributeMessage(key, value)],
    )
    nodes.push(message(...names, [2, id], [3, id], [4, type], ...settings))
    return id
  }

  return {
    node,
    constant({ shape, data }) {
      const id = `c${constants.length}`
      const halved = halfPrecision && data instanceof Float32Array
      constants.push(tensorMessage(id, { shape, data: halved ? new Float16Array(data) : data }))
      return halved ? node('Cast', [id], { to: FLOAT }) : id
    },
    toModel(input, outputs) {
      const named = Object.entries(outputs).map(([output, value]) =>
        message([1, value], [2, output], [3, output], [4, 'Identity']),
      )
      const graph = message(
        ...[...nodes, ...named].map((node): Field => [1, node]),
        [2, name],
        ...constants.map((tensor): Field => [5, tensor]),
        [11, valueMessage(input.name, input.shape)],
        ...Object.keys(outputs).map((output): Field => [12, valueMessage(output)]),
      )
      const operatorSet = message([1, ''], [2, OPERATOR_SET])
      return message([1, IR_VERSION], [2, 'face-recon-drive'], [7, graph], [8, operatorSet])
    },
  }
}

function tensorMessage(name: string, { shape, data }: Tensor): Uint8Array {
  const dimensions = shape.map((size): Field => [1, size])
  const type = data instanceof Float32Array ? FLOAT : data instanceof BigInt64Array ? INT64 : FLOAT16
  const bytes = new Uint8Array(data.buffer, data.byteOffset, data.byteLength)
  return message(...dimensions, [2, type], [8, name], [9, bytes])
}

function attributeMessage(name: string, value: Attributes[string]): Uint8Array {
  if (typeof value === 'number') return message([1, name], [3, value], [20, ATTRIBUTE.int])
  if (typeof value === 'string') return message([1, name], [4, value], [20, ATTRIBUTE.string])
  if (!Array.isArray(value)) return message([1, name], [2, value], [20, ATTRIBUTE.float])
  return message([1, name], ...value.map((item): Field => [8, item]), [20, ATTRIBUTE.ints])
}

/** The declaration of a float tensor: its name and, where given, its shape. */
function valueMessage(name: string, shape?: (number | string)[]): Uint8Array {
  const dimensions = shape?.map((size): Field => [1, message([typeof size === 'number' ? 1 : 2, size])])
  const fields: Field[] = [[1, FLOAT]]
  if (dimensions) fields.push([2, message(...dimensions)])
  return message([1, name], [2, message([1, message(...fields)])])
}
