import { createGraph, type Graph } from './graph.ts'
import { add, conv, relu, relu6, shape } from './layers.ts'
import type { NetName, Weights } from './weights.ts'

/** Build face-api's nets as ONNX files, layer by layer as in its `src`. Inputs are planar and normalised, see nets.ts. */
export const CONVERTERS: Record<NetName, (weights: Weights) => Uint8Array> = {
  detector: (weights) => convertDetector(weights, 6),
  smallFaces: (weights) => convertDetector(weights, 1),
  landmarks: convertLandmarks,
  descriptor: convertDescriptor,
}

/** Epsilon of the batch normalisation in face-api's src/ssdMobilenetv1/mobileNetV1.ts. */
const EPSILON = 0.0010000000474974513

/**
 * SSD MobileNet v1, fully convolutional, for images of any size. Outputs, for all anchors of the first `depth` feature
 * maps: `boxes` [1, anchors, 4], the offsets y, x, height, width that detect/anchors.ts turns into boxes, and `scores`
 * [1, anchors]. With the first map alone, which detects faces of 30 to 150 px, the net does a fifth less work.
 */
function convertDetector(weights: Weights, depth: number): Uint8Array {
  const graph = createGraph('detector')
  const offset = (name: string) => weights(`${name}/convolution_bn_offset`).data
  const pointwise = (input: string, name: string, stride = 1) =>
    relu6(graph, conv(graph, input, weights(`${name}/weights`), { stride, offset: offset(name) }))

  let x = pointwise('image', 'MobilenetV1/Conv2d_0_pointwise', 2)
  const features: string[] = []
  for (let layer = 1; layer <= (depth === 1 ? 11 : 13); layer++) {
    const name = `MobilenetV1/Conv2d_${layer}`
    const normalised = foldBatchNorm(weights, `${name}_depthwise/BatchNorm`)
    const stride = [2, 4, 6, 12].includes(layer) ? 2 : 1
    const filters = weights(`${name}_depthwise/depthwise_weights`)
    x = relu6(graph, conv(graph, x, filters, { stride, depthwise: true, ...normalised }))
    x = pointwise(x, `${name}_pointwise`)
    if (layer === 11 || layer === 13) features.push(x)
  }
  for (let layer = 0; features.length < depth; layer++) {
    x = pointwise(x, `Prediction/Conv2d_${layer}_pointwise`, layer % 2 === 1 ? 2 : 1)
    if (layer % 2 === 1) features.push(x)
  }

  /** The predictor's numbers for one feature map: [1, anchors, values]. */
  const predict = (feature: string, name: string, values: number) => {
    const bias = weights(`${name}/biases`).data
    const maps = conv(graph, feature, weights(`${name}/weights`), { offset: bias })
    const rows = graph.node('Transpose', [maps], { perm: [0, 2, 3, 1] })
    return graph.node('Reshape', [rows, shape(graph, 1, -1, values)])
  }
  const join = (kind: string, values: number) =>
    graph.node(
      'Concat',
      features.map((feature, i) => predict(feature, `Prediction/BoxPredictor_${i}/${kind}`, values)),
      { axis: 1 },
    )
  const classes = join('ClassPredictor', 3)
  const face = graph.node('Gather', [classes, graph.constant({ shape: [], data: BigInt64Array.of(1n) })], {
    axis: 2,
  })
  return graph.toModel(
    { name: 'image', shape: [1, 3, 'height', 'width'] },
    { boxes: join('BoxEncodingPredictor', 4), scores: graph.node('Sigmoid', [face]) },
  )
}

/** For a batch of faces of 112 × 112 px: `points` [faces, 136], 68 landmarks as x, y in fractions of the image. */
function convertLandmarks(weights: Weights): Uint8Array {
  const graph = createGraph('landmarks')
  const separable = (input: string, name: string, stride = 1) => {
    const depthwise = conv(graph, input, weights(`${name}/depthwise_filter`), { stride, depthwise: true })
    return conv(graph, depthwise, weights(`${name}/pointwise_filter`), {
      offset: weights(`${name}/bias`).data,
    })
  }
  let x = 'faces'
  for (const block of ['dense0', 'dense1', 'dense2', 'dense3']) {
    const first =
      block === 'dense0'
        ? conv(graph, x, weights('dense0/conv0/filters'), {
            stride: 2,
            offset: weights('dense0/conv0/bias').data,
          })
        : separable(x, `${block}/conv0`, 2)
    const out1 = relu(graph, first)
    const out2 = separable(out1, `${block}/conv1`)
    const out3 = separable(relu(graph, add(graph, out1, out2)), `${block}/conv2`)
    const out4 = separable(relu(graph, add(graph, out1, out2, out3)), `${block}/conv3`)
    x = relu(graph, add(graph, out1, out2, out3, out4))
  }
  const pooled = graph.node('Flatten', [graph.node('GlobalAveragePool', [x])])
  const [matrix, bias] = [graph.constant(weights('fc/weights')), graph.constant(weights('fc/bias'))]
  return graph.toModel(
    { name: 'faces', shape: ['faces', 3, 112, 112] },
    { points: graph.node('Gemm', [pooled, matrix, bias]) },
  )
}

/** For a batch of faces of 150 × 150 px: `descriptors` [faces, 128]. */
function convertDescriptor(weights: Weights): Uint8Array {
  const graph = createGraph('descriptor')
  const scaled = (input: string, name: string, stride = 1) => {
    const scale = weights(`${name}/scale/weights`).data
    const bias = weights(`${name}/conv/bias`).data
    const added = weights(`${name}/scale/biases`).data
    const offset = bias.map((value, i) => value * (scale[i] as number) + (added[i] as number))
    return conv(graph, input, weights(`${name}/conv/filters`), {
      stride,
      padding: stride === 2 ? 'valid' : 'same',
      scale,
      offset,
    })
  }
  const residual = (input: string, name: string, down = false) => {
    const first = relu(graph, scaled(input, `${name}/conv1`, down ? 2 : 1))
    return [first, scaled(first, `${name}/conv2`)] as const
  }

  let x = relu(graph, scaled('faces', 'conv32_down', 2))
  x = graph.node('MaxPool', [x], { kernel_shape: [3, 3], strides: [2, 2] })
  let size = 35
  for (const name of RESIDUAL_LAYERS) {
    const down = name.includes('_down')
    let [, out] = residual(x, name, down)
    if (down) {
      const pooled = { kernel_shape: [2, 2], strides: [2, 2] }
      x = graph.node('AveragePool', [x], pooled)
      // The convolution's output can be a row and a column smaller than the pooling's: pad it below and on the right.
      const [convolved, halved] = [Math.floor((size - 3) / 2) + 1, Math.floor(size / 2)]
      if (convolved < halved) out = pad(graph, out, { below: halved - convolved })
      if (name !== 'conv256_down_out') x = pad(graph, x, { channels: Number(name.match(/\d+/)) / 2 })
      size = halved
    }
    x = relu(graph, add(graph, x, out))
  }
  const pooled = graph.node('Flatten', [graph.node('GlobalAveragePool', [x])])
  return graph.toModel(
    { name: 'faces', shape: ['faces', 3, 150, 150] },
    { descriptors: graph.node('MatMul', [pooled, graph.constant(weights('fc'))]) },
  )
}

const RESIDUAL_LAYERS = [
  ...['conv32_1', 'conv32_2', 'conv32_3'],
  ...['conv64_down', 'conv64_1', 'conv64_2', 'conv64_3'],
  ...['conv128_down', 'conv128_1', 'conv128_2'],
  ...['conv256_down', 'conv256_1', 'conv256_2', 'conv256_down_out'],
]

/** Adds channels of zeros at the end, or rows and columns of zeros below and on the right. */
function pad(
  graph: Graph,
  input: string,
  { channels = 0, below = 0 }: { channels?: number; below?: number },
): string {
  return graph.node('Pad', [input, shape(graph, 0, 0, 0, 0, 0, channels, below, below)])
}

/** A batch normalisation with fixed statistics, as one factor and one offset per channel. */
function foldBatchNorm(weights: Weights, name: string): { scale: Float32Array; offset: Float32Array } {
  const read = (part: string) => weights(`${name}/${part}`).data
  const [gamma, beta, mean, variance] = [
    read('gamma'),
    read('beta'),
    read('moving_mean'),
    read('moving_variance'),
  ]
  const scale = gamma.map((value, i) => value / Math.sqrt((variance[i] as number) + EPSILON))
  const offset = beta.map((value, i) => value - (mean[i] as number) * (scale[i] as number))
  return { scale, offset }
}
