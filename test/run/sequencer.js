// JavaScript, since the package's types describe only its CommonJS half.
import Sequencer from '@jest/test-sequencer'

/** The slow ones, the slowest first: where no run before has measured them, Jest goes by the size of the file. */
const SLOW = [
  'end-to-end/emulate.test',
  'face/nets/onnx-model.test',
  'functions/web/',
  'cli/scan.test',
  'face/nets/oracle.test',
  'queue/pubsub/',
  'store/firestore/',
  'end-to-end/',
  'functions/cli/',
  'google/upload/',
  'functions/upload/',
  'sample/album.test',
  'face/image/',
  'emulate/start.test',
]

/** Needs the build that the first file makes: beside it, a worker would stand still until then. */
const AFTER_BUILD = /end-to-end\/emulate-google\.test/
const FILES_DURING_BUILD = 6

/** Slow files first, so that no worker is left with one at the end. */
export default class SlowFirst extends Sequencer {
  sort(tests) {
    // Sets `duration` where it is known.
    const sorted = super.sort(tests)
    if (sorted.every(({ duration }) => duration === undefined)) sorted.sort((a, b) => rank(a) - rank(b))
    const later = sorted.filter(({ path }) => AFTER_BUILD.test(path))
    const others = sorted.filter(({ path }) => !AFTER_BUILD.test(path))
    return [...others.slice(0, FILES_DURING_BUILD), ...later, ...others.slice(FILES_DURING_BUILD)]
  }
}

function rank({ path }) {
  const place = SLOW.findIndex((part) => path.includes(part))
  return place === -1 ? SLOW.length : place
}
