/** The operators that are read, by their number in TFLite's schema.fbs, where the enumeration is BuiltinOperator. */
const OPERATORS = {
  0: 'ADD',
  3: 'CONV_2D',
  4: 'DEPTHWISE_CONV_2D',
  18: 'MUL',
  19: 'RELU',
  22: 'RESHAPE',
  41: 'SUB',
  101: 'ABS',
} as const

/** An operator of a TFLite graph. Its inputs are tensors, by their number in the graph. */
export interface Operator {
  type: (typeof OPERATORS)[keyof typeof OPERATORS]
  inputs: number[]
  output: number
  /** Of convolutions. */
  stride: number
  padding: 'same' | 'valid'
}

/** The first graph of a TFLite file. */
export interface TfliteGraph {
  input: number
  output: number
  /** In the order in which they are computed. */
  operators: Operator[]
  /** A constant of 32-bit floats in TFLite's order, channels last. Undefined for what is computed. */
  constant(tensor: number): { shape: number[]; data: Float32Array } | undefined
}

/** Fields by their place in the tables of schema.fbs. */
const MODEL = { operatorCodes: 1, graphs: 2, buffers: 4 }
const GRAPH = { tensors: 0, inputs: 1, outputs: 2, operators: 3 }
const TENSOR = { shape: 0, buffer: 2 }
const OPERATOR = { code: 0, inputs: 1, outputs: 2, options: 4 }
const CONV = { padding: 0, strideWidth: 1, strideHeight: 2 }
/** Both kinds of convolution, addition, subtraction and multiplication each keep it elsewhere. */
const FUSED_ACTIVATION: Partial<Record<Operator['type'], number>> = {
  ADD: 0,
  CONV_2D: 3,
  DEPTHWISE_CONV_2D: 4,
  MUL: 0,
  SUB: 0,
}

/**
 * Reads a TFLite file, which is a FlatBuffer: tables refer to their fields by offsets, and leave out those with default
 * values. Throws for what is not read here: other operators and fused activations.
 */
export function readTflite(file: Buffer): TfliteGraph {
  if (file.toString('latin1', 4, 8) !== 'TFL3') throw new Error('This is not a TFLite file.')
  const follow = (at: number) => at + file.readUInt32LE(at)

  /** Where a field of a table is; undefined where it has its default value. */
  function field(table: number, number: number): number | undefined {
    const fields = table - file.readInt32LE(table)
    const slot = 4 + 2 * number
    const offset = slot < file.readUInt16LE(fields) ? file.readUInt16LE(fields + slot) : 0
    return offset === 0 ? undefined : table + offset
  }

  function vector(table: number, number: number): { length: number; start: number } {
    const at = field(table, number)
    if (at === undefined) return { length: 0, start: 0 }
    return { length: file.readUInt32LE(follow(at)), start: follow(at) + 4 }
  }

  function integers(table: number, number: number): number[] {
    const { length, start } = vector(table, number)
    return Array.from({ length }, (_, i) => file.readInt32LE(start + 4 * i))
  }

  function tables(table: number, number: number): number[] {
    const { length, start } = vector(table, number)
    return Array.from({ length }, (_, i) => follow(start + 4 * i))
  }

  function number(table: number, place: number, bytes: 1 | 4): number {
    const at = field(table, place)
    return at === undefined ? 0 : file.readUIntLE(at, bytes)
  }

  const model = follow(0)
  const [graph = NaN] = tables(model, MODEL.graphs)
  const tensors = tables(graph, GRAPH.tensors)
  const buffers = tables(model, MODEL.buffers)
  const types = tables(model, MODEL.operatorCodes).map((code) => number(code, 0, 1))

  function operator(table: number): Operator {
    const code = types[number(table, OPERATOR.code, 4)] ?? NaN
    const type = OPERATORS[code as keyof typeof OPERATORS]
    if (!(code in OPERATORS)) throw new Error(`No reading of TFLite operator ${code}.`)
    const at = field(table, OPERATOR.options)
    const option = (place: number, bytes: 1 | 4) => (at === undefined ? 0 : number(follow(at), place, bytes))
    const activation = FUSED_ACTIVATION[type]
    if (activation !== undefined && option(activation, 1) !== 0)
      throw new Error(`No reading of ${type} with a fused activation.`)
    const stride = option(CONV.strideWidth, 4)
    if (type.endsWith('CONV_2D') && option(CONV.strideHeight, 4) !== stride)
      throw new Error(`No reading of ${type} with two strides.`)
    const [output = NaN] = integers(table, OPERATOR.outputs)
    const padding = option(CONV.padding, 1) === 0 ? 'same' : 'valid'
    return { type, inputs: integers(table, OPERATOR.inputs), output, stride, padding }
  }

  const [input = NaN] = integers(graph, GRAPH.inputs)
  const [output = NaN] = integers(graph, GRAPH.outputs)
  return {
    input,
    output,
    operators: tables(graph, GRAPH.operators).map(operator),
    constant(tensor) {
      const table = tensors[tensor] ?? NaN
      const { length, start } = vector(buffers[number(table, TENSOR.buffer, 4)] ?? NaN, 0)
      if (length === 0) return undefined
      // Copied, because floats have to start at a multiple of four.
      const data = new Float32Array(new Uint8Array(file.subarray(start, start + length)).buffer)
      return { shape: integers(table, TENSOR.shape), data }
    },
  }
}
