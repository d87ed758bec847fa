import type { Graph } from './graph.ts'
import type { FloatTensor } from './weights.ts'

/** Per output channel: the factor of the layer's output, and what is added to it then. */
interface Folded {
  scale?: Float32Array
  offset?: Float32Array
}

export interface ConvOptions extends Folded {
  stride?: number
  padding?: 'same' | 'valid'
  /** One filter per channel: filters are [height, width, channels, 1]. */
  depthwise?: boolean
}

/**
 * A convolution with face-api's filters, [height, width, in, out], into which the scale and offset that follow it are
 * folded. Padding `same` is TensorFlow's: an odd pixel goes below and on the right.
 */
export function conv(graph: Graph, input: string, filters: FloatTensor, options: ConvOptions = {}): string {
  const { stride = 1, padding = 'same', depthwise = false, scale, offset } = options
  const [height = 0, width = 0, second = 0, third = 0] = filters.shape
  const [inputs, outputs] = depthwise ? [1, second] : [second, third]
  const area = height * width
  const data = new Float32Array(outputs * inputs * area)
  for (let at = 0; at < area; at++) {
    for (let i = 0; i < inputs; i++) {
      for (let o = 0; o < outputs; o++) {
        const weight = filters.data[(at * inputs + i) * outputs + o] as number
        data[(o * inputs + i) * area + at] = weight * (scale?.[o] ?? 1)
      }
    }
  }
  const operands = [input, graph.constant({ shape: [outputs, inputs, height, width], data })]
  if (offset) operands.push(graph.constant({ shape: [outputs], data: offset }))
  return graph.node('Conv', operands, {
    kernel_shape: [height, width],
    strides: [stride, stride],
    auto_pad: padding === 'same' ? 'SAME_UPPER' : 'VALID',
    group: depthwise ? outputs : 1,
  })
}

/** ReLU limited to 6. */
export function relu6(graph: Graph, input: string): string {
  const [low, high] = [0, 6].map((bound) => graph.constant({ shape: [], data: Float32Array.of(bound) }))
  return graph.node('Clip', [input, low as string, high as string])
}

export function relu(graph: Graph, input: string): string {
  return graph.node('Relu', [input])
}

export function add(graph: Graph, ...inputs: [string, string, ...string[]]): string {
  return inputs.reduce((sum, input) => graph.node('Add', [sum, input]))
}

export function shape(graph: Graph, ...sizes: number[]): string {
  return graph.constant({ shape: [sizes.length], data: BigInt64Array.from(sizes, BigInt) })
}
