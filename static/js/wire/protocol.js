// The wire, as app/wire says it. Written by `python -m tinkernet.app.wire.codegen`: change it there.

export const MAGIC = "TKN";
export const VERSION = 11;
export const SUBPROTOCOL = "tinkernet";
export const PACKED = 128;
export const NOT_FINITE = 255;
export const SMALL_SIDE = 16;
export const SMALL_MOST = 16;
export const OUTPUT = "output";
export const NO_CLASS = 255;
export const MAIN = "main";
export const TWIN = "twin";

export const LIMITS = Object.freeze({
  message_bytes: 65536,
  watcher_message_bytes: 8192,
  revision: 2147483648,
  step_epochs: 100000,
  epoch: 9007199254740991,
  name_characters: 24,
  fields: 64,
  seeds: 100,
  side: 32,
  value_characters: 100,
  speed_minimum: 1,
  speed_maximum: 100000,
  weight: 1e+06,
  vote: 1e+09,
  pointer: 6,
  unit_characters: 121,
  topics: 32,
  edit_points: 2000,
  steps: 256,
  place: 1536,
});

/** The names of arrays; the code of a name is its place, from 1. */
export const ARRAYS = [
  "rows",
  "params",
  "smallMaps",
  "bigMap",
  "train",
  "test",
  "ids",
  "origin",
  "axes",
  "shares",
  "accuracy",
  "confusion",
  "f1",
  "r2",
  "rmse",
  "predictedTrain",
  "predictedTest",
  "curve",
  "answers",
  "pointLosses",
  "said",
  "marks",
  "stops",
  "places",
  "gradient",
  "ailments",
  "withoutUnits",
  "withoutLinks",
  "heights",
  "window",
  "way",
  "others",
  "members",
  "pulls",
  "pushes",
  "inputs",
  "targets",
  "sums",
  "outputs",
  "derivatives",
  "deltas",
  "slopes",
  "before",
  "after",
  "codes",
  "rebuilt",
  "errors",
  "code",
  "knots",
  "facts",
  "standing",
  "tiles",
  "curves",
  "cells",
];

/** By the code of an array's type. */
export const ARRAY_TYPES = {
  1: Uint8Array,
  2: Uint32Array,
  3: Float32Array,
  4: Float64Array,
};

/**
 * Rows of the loss curve that the viewer does not have yet. Rows before `first_row` stay as they are.
 * @typedef {object} LossesPart
 * @property {"losses"} topic
 * @property {string} run the id of the run
 * @property {number} restarts how often the run has started at epoch 0
 * @property {number} revision of the configuration that was trained
 * @property {number} epoch epochs trained
 * @property {number} stride epochs between rows
 * @property {number} firstRow row i is of epoch i * stride; the first one below
 * @property {Float32Array} rows (rows, 2): training and test loss
 * @property {Record<string, number[]>} shapes of the arrays
 */

/**
 * The network now: losses, parameters, and a small map of each hidden and output neuron.
 * @typedef {object} NetworkPart
 * @property {"network"} topic
 * @property {string} run the id of the run
 * @property {number} restarts how often the run has started at epoch 0
 * @property {number} revision of the configuration that was trained
 * @property {number} epoch epochs trained
 * @property {number} trainLoss now
 * @property {number} testLoss now
 * @property {number} epochsPerSecond measured; 0 while paused
 * @property {number} learningRate of the present epoch, as the schedule and the warm-up make it
 * @property {boolean} playing whether it trains
 * @property {boolean} diverged whether the training loss has stopped being finite, at this epoch
 * @property {number} levels of the small maps: 0 is -1, levels - 1 is 1, 255 is no finite number
 * @property {Float32Array} params (parameters,): of each layer weights [neuron][input], then biases
 * @property {Uint8Array} smallMaps (neurons, side, side): the first SMALL_MOST of each layer
 * @property {Record<string, number[]>} shapes of the arrays
 */

/**
 * The outputs of one unit over the plane.
 * @typedef {object} MapPart
 * @property {"map"} topic
 * @property {string} run the id of the run
 * @property {string} unit as subscribed to
 * @property {string} plane as subscribed to
 * @property {number} restarts how often the run has started at epoch 0
 * @property {number} revision of the configuration that was trained
 * @property {number} epoch epochs trained
 * @property {number} classes 0, or of a map of classes how many: a pixel is class * levels + lead
 * @property {number} levels 0 is -1 (a lead: 0), levels - 1 is 1, 255 is no finite number
 * @property {Uint8Array} bigMap (side, side), in image order
 * @property {Record<string, number[]>} shapes of the arrays
 */

/**
 * What one unit's output is under the pointer.
 * @typedef {object} ReadingPart
 * @property {"reading"} topic
 * @property {string} run the id of the run
 * @property {number} restarts how often the run has started at epoch 0
 * @property {number} revision of the configuration that was trained
 * @property {number} epoch epochs trained
 * @property {number} value the output; with a winner its output
 * @property {number} winner with several outputs together the class of the largest; else NO_CLASS
 * @property {Record<string, number[]>} shapes of the arrays
 */

/**
 * The points that the run learns from and is tested with; off the plane, also where the map is in input space.
 * @typedef {object} DataPart
 * @property {"data"} topic
 * @property {string} run the id of the run
 * @property {string} plane as subscribed to
 * @property {number} restarts how often the run has started at epoch 0
 * @property {number} revision of the configuration that was trained
 * @property {number} epoch epochs trained
 * @property {Float32Array} train (points, 3): place on the map (x, y) and label of the training points
 * @property {Float32Array} test (points, 3): of the test points
 * @property {Uint32Array|undefined} ids (points,): of both, training first; without it 0, 1, 2, ...
 * @property {Float64Array|undefined} origin (columns,): the inputs in the middle of the map
 * @property {Float64Array|undefined} axes (2, columns): what a unit of x, and of y, adds to them
 * @property {Float64Array|undefined} shares (2,): of the variance, along two main directions
 * @property {Record<string, number[]>} shapes of the arrays
 */

/**
 * How good the outputs are on both sets; accuracy, confusion and f1 for classification, the others for regression.
 * @typedef {object} MetricsPart
 * @property {"metrics"} topic
 * @property {string} run the id of the run
 * @property {number} restarts how often the run has started at epoch 0
 * @property {number} revision of the configuration that was trained
 * @property {number} epoch epochs trained
 * @property {Float64Array|undefined} accuracy (2,): the share of points whose class is predicted
 * @property {Uint32Array|undefined} confusion (2, classes, classes): points by [class][predicted class]
 * @property {Float64Array|undefined} f1 (2, classes)
 * @property {Float64Array|undefined} r2 (2,)
 * @property {Float64Array|undefined} rmse (2,)
 * @property {Float32Array|undefined} predictedTrain (points,): outputs for the first training points
 * @property {Float32Array|undefined} predictedTest (points,): outputs for the first test points
 * @property {Record<string, number[]>} shapes of the arrays
 */

/**
 * The network of data with one input; without arrays for other data. A share is activation times weight.
 * @typedef {object} CurvePart
 * @property {"curve"} topic
 * @property {string} run the id of the run
 * @property {number} restarts how often the run has started at epoch 0
 * @property {number} revision of the configuration that was trained
 * @property {number} epoch epochs trained
 * @property {Float32Array|undefined} curve (places,): the output from the map's left edge to its right one
 * @property {Float32Array|undefined} shares (units, places): of the SMALL_MOST first units before the output
 * @property {Record<string, number[]>} shapes of the arrays
 */

/**
 * What the network answers for each point, and how far off that is: training points first, in the order of Data.
 * @typedef {object} PointsPart
 * @property {"points"} topic
 * @property {string} run the id of the run
 * @property {number} restarts how often the run has started at epoch 0
 * @property {number} revision of the configuration that was trained
 * @property {number} epoch epochs trained
 * @property {Float32Array} answers (points,): the first output; with several classes the largest
 * @property {Float32Array} pointLosses (points,): of each alone
 * @property {Uint8Array|undefined} said (points,): the predicted classes, where there are classes
 * @property {Record<string, number[]>} shapes of the arrays
 */

/**
 * The edits of a run as its timeline marks them.
 * @typedef {object} MarksPart
 * @property {"marks"} topic
 * @property {string} run the id of the run
 * @property {number} restarts how often the run has started at epoch 0
 * @property {number} revision of the configuration that was trained
 * @property {number} epoch epochs trained
 * @property {Uint8Array} marks (bytes,): a list in JSON; publishing/topics/marks.py says of what
 * @property {Record<string, number[]>} shapes of the arrays
 */

/**
 * The losses of a run that is kept; no rows where it is not any more.
 * @typedef {object} BranchPart
 * @property {"branch"} topic
 * @property {string} run the id of the run
 * @property {string} letter as subscribed to
 * @property {number} restarts how often the run has started at epoch 0
 * @property {number} revision of the configuration that was trained
 * @property {number} epoch epochs trained
 * @property {number} stride epochs between rows
 * @property {Float32Array} rows (rows, 2): training and test loss at epoch i * stride
 * @property {Record<string, number[]>} shapes of the arrays
 */

/**
 * How each layer moves the plane. A stop is the plane of the map, a layer, or the output; see `analysis.bending`.
 * @typedef {object} BendingPart
 * @property {"bending"} topic
 * @property {string} run the id of the run
 * @property {string} plane as subscribed to
 * @property {number} restarts how often the run has started at epoch 0
 * @property {number} revision of the configuration that was trained
 * @property {number} epoch epochs trained
 * @property {number} grid places along each side of the grid
 * @property {Float64Array} stops (stops, 7): kind, units, share shown, points told apart or -1, and a line
 * @property {Float32Array} places (stops, places, 2)
 * @property {Record<string, number[]>} shapes of the arrays
 */

/**
 * What makes the network learn, and which neurons do not; empty without training points.
 * @typedef {object} HealthPart
 * @property {"health"} topic
 * @property {string} run the id of the run
 * @property {number} restarts how often the run has started at epoch 0
 * @property {number} revision of the configuration that was trained
 * @property {number} epoch epochs trained
 * @property {Float32Array} gradient (parameters,): of the mean training loss, in the order of params
 * @property {Uint8Array} ailments (hidden neurons,): 1 dead, 2 saturated, 3 exploding
 * @property {Record<string, number[]>} shapes of the arrays
 */

/**
 * The training loss without each part of the network, without the penalty and dropout.
 * @typedef {object} ImportancePart
 * @property {"importance"} topic
 * @property {string} run the id of the run
 * @property {number} restarts how often the run has started at epoch 0
 * @property {number} revision of the configuration that was trained
 * @property {number} epoch epochs trained
 * @property {number} whole the loss of the network as it is; NaN without training points
 * @property {Float64Array|undefined} withoutUnits (units,): inputs and hidden neurons
 * @property {Float64Array|undefined} withoutLinks (links,): in the order of weights; none of a large net
 * @property {Record<string, number[]>} shapes of the arrays
 */

/**
 * The training loss over a plane in the space of all parameters, and the way of the run to where it is.
 * @typedef {object} LandscapePart
 * @property {"landscape"} topic
 * @property {string} run the id of the run
 * @property {string} mode as subscribed to
 * @property {string} problem "young": no path yet; "large": it would take too long; "": none
 * @property {number} restarts how often the run has started at epoch 0
 * @property {number} revision of the configuration that was trained
 * @property {number} epoch epochs trained
 * @property {number} share of the path that the plane holds, in its squared distances; NaN: not asked
 * @property {Float32Array|undefined} heights (side, side): losses, from the lower left corner, by row
 * @property {Float64Array|undefined} window (2, 2): the lower left and the upper right corner
 * @property {Float64Array|undefined} way (epochs, 4): epoch, place on the plane, true loss; the last is now
 * @property {Float64Array|undefined} others (places, 4): code of the letter of a kept run; place; loss
 * @property {Record<string, number[]>} shapes of the arrays
 */

/**
 * What goes wrong, and what helps; all texts are empty where nothing does. Changes are JSON, fields of the spec.
 * @typedef {object} DiagnosisPart
 * @property {"diagnosis"} topic
 * @property {string} run the id of the run
 * @property {string} key of the diagnosis
 * @property {string} place where: a unit, "layer 2", "class 1", or "" for the whole
 * @property {string} sentence for people
 * @property {string} firstLabel of a remedy
 * @property {string} firstChanges of the spec
 * @property {string} secondLabel of another one
 * @property {string} secondChanges of the spec
 * @property {number} restarts how often the run has started at epoch 0
 * @property {number} revision of the configuration that was trained
 * @property {number} epoch epochs trained
 * @property {Record<string, number[]>} shapes of the arrays
 */

/**
 * The batch that is trained next.
 * @typedef {object} BatchPart
 * @property {"batch"} topic
 * @property {string} run the id of the run
 * @property {number} restarts how often the run has started at epoch 0
 * @property {number} revision of the configuration that was trained
 * @property {number} epoch epochs trained
 * @property {number} batch its number from 0
 * @property {number} batches of the epoch
 * @property {number} batchSize points of a batch that is not short
 * @property {number} example how many of its points were gone through
 * @property {number} done how many of the epoch's points were gone through
 * @property {number} examples the epoch's points
 * @property {Uint32Array} members (points,): the ids of its points, in their order
 * @property {Float32Array} pulls (points,): length of the slope of its loss by the outputs' sums
 * @property {Float32Array|undefined} pushes (points, 2): slope of its loss by its place; none off the plane
 * @property {Record<string, number[]>} shapes of the arrays
 */

/**
 * One example: forward, loss, backward and the update that it alone would make. See `engine.analysis.trace`.
 * @typedef {object} ExamplePart
 * @property {"example"} topic
 * @property {string} run the id of the run
 * @property {number} restarts how often the run has started at epoch 0
 * @property {number} revision of the configuration that was trained
 * @property {number} epoch epochs trained
 * @property {number} point its id
 * @property {boolean} isNext whether it is next in line
 * @property {boolean} isTraining whether it is a training point
 * @property {boolean} takesSums whether the loss takes the sums of the outputs, as cross-entropy does
 * @property {number} loss of this example, without the penalty
 * @property {number} rate the learning rate
 * @property {number} quotient the slope along the weight asked for, by nudging it; NaN: no such weight
 * @property {Float64Array|undefined} inputs (inputs,)
 * @property {Float64Array|undefined} targets (outputs,)
 * @property {Float64Array|undefined} sums (neurons,): weights times inputs, and the bias
 * @property {Float64Array|undefined} outputs (neurons,)
 * @property {Float64Array|undefined} derivatives (neurons,): of outputs by sums; 1 where `takes_sums`
 * @property {Float64Array|undefined} deltas (neurons,): of the loss by sums
 * @property {Float64Array|undefined} slopes (neurons,): of the loss by outputs; NaN where not needed
 * @property {Float64Array|undefined} before (parameters,)
 * @property {Float64Array|undefined} gradient (parameters,): of the loss, without the penalty
 * @property {Float64Array|undefined} after (parameters,): after the update
 * @property {Record<string, number[]>} shapes of the arrays
 */

/**
 * Codes of the rows that Principal has, in its order; no arrays where the network is no autoencoder.
 * @typedef {object} CodesPart
 * @property {"codes"} topic
 * @property {string} run the id of the run
 * @property {number} restarts how often the run has started at epoch 0
 * @property {number} revision of the configuration that was trained
 * @property {number} epoch epochs trained
 * @property {number} layer the hidden layer that the codes are of
 * @property {number} right training rows of which each number is on its own side of a half
 * @property {number} since the first epoch at whose end all training rows were right; 0: not known
 * @property {number} angle degrees between the main directions of what is rebuilt and the rows' own
 * @property {Float32Array|undefined} codes (rows, neurons)
 * @property {Float32Array|undefined} places (rows, 2): the codes, turned and scaled to lie near those of Principal
 * @property {Float32Array|undefined} rebuilt (rows, columns)
 * @property {Float64Array|undefined} errors (2, 1 + columns): of both sets, of all columns and of each
 * @property {Record<string, number[]>} shapes of the arrays
 */

/**
 * Rows, training rows first, and what their principal components make of them: as many as the code has neurons.
 * @typedef {object} PrincipalPart
 * @property {"principal"} topic
 * @property {string} run the id of the run
 * @property {number} restarts how often the run has started at epoch 0
 * @property {number} revision of the configuration that was trained
 * @property {number} epoch epochs trained
 * @property {number} training how many of the rows are for training
 * @property {number} trainLoss what the squared loss would be; NaN where the loss is another
 * @property {number} testLoss the same of the test rows
 * @property {Uint32Array|undefined} ids (rows,): the rows' numbers from 0
 * @property {Uint8Array|undefined} said (rows,): their classes, where there are any
 * @property {Float32Array|undefined} inputs (rows, columns): with noise, where there is some
 * @property {Float32Array|undefined} targets (rows, columns): what is to be rebuilt
 * @property {Float32Array|undefined} places (rows, 2): along the first two components
 * @property {Float32Array|undefined} rebuilt (rows, columns)
 * @property {Float64Array|undefined} errors (2, 1 + columns): as in Codes
 * @property {Record<string, number[]>} shapes of the arrays
 */

/**
 * What the layers behind the code make of one that is at a place; no arrays where there is no code.
 * @typedef {object} DecodedPart
 * @property {"decoded"} topic
 * @property {string} run the id of the run
 * @property {number} restarts how often the run has started at epoch 0
 * @property {number} revision of the configuration that was trained
 * @property {number} epoch epochs trained
 * @property {number} x the place, as subscribed to
 * @property {number} y the place, as subscribed to
 * @property {Float32Array|undefined} code (neurons,): the nearest to the mean of those that are there
 * @property {Float64Array|undefined} outputs (columns,)
 * @property {Record<string, number[]>} shapes of the arrays
 */

/**
 * What a run has taken by epoch; between two knots each epoch takes the same. No knots: nothing is known.
 * @typedef {object} EffortPart
 * @property {"effort"} topic
 * @property {string} run the id of the run
 * @property {string} letter as subscribed to; empty for the shown run
 * @property {number} restarts how often the run has started at epoch 0
 * @property {number} revision of the configuration that was trained
 * @property {number} epoch epochs trained
 * @property {Float64Array} knots (knots, 4): epoch; updates, examples and seconds of the processor until it
 * @property {Record<string, number[]>} shapes of the arrays
 */

/**
 * Copies with other first weights: those of the run and then, where it is compared, those of its twin.
 * @typedef {object} SeedsPart
 * @property {"seeds"} topic
 * @property {string} run the id of the run
 * @property {number} restarts how often the run has started at epoch 0
 * @property {number} revision of the configuration that was trained
 * @property {number} epoch epochs trained
 * @property {Uint8Array} facts (bytes,): an object in JSON; sessions/trials.py says of what. Empty before there are any
 * @property {Float32Array} standing (runs, 4): epoch, losses, and the epoch of the goal or -1
 * @property {Uint8Array} tiles (runs, side, side): the output in levels as in Map
 * @property {Float32Array} curves (runs, places): test loss, NaN beyond where it is
 * @property {Record<string, number[]>} shapes of the arrays
 */

/**
 * The cells of a sweep, the last setting changing fastest.
 * @typedef {object} SweepPart
 * @property {"sweep"} topic
 * @property {string} run the id of the run
 * @property {number} restarts how often the run has started at epoch 0
 * @property {number} revision of the configuration that was trained
 * @property {number} epoch epochs trained
 * @property {Uint8Array} facts (bytes,): an object in JSON; sessions/trials.py says of what. Empty before there are any
 * @property {Float32Array} cells (cells, 9): as CELL says
 * @property {Record<string, number[]>} shapes of the arrays
 */

/**
 * @typedef {LossesPart | NetworkPart | MapPart | ReadingPart | DataPart | MetricsPart | CurvePart | PointsPart |
 *   MarksPart | BranchPart | BendingPart | HealthPart | ImportancePart | LandscapePart | DiagnosisPart | BatchPart |
 *   ExamplePart | CodesPart | PrincipalPart | DecodedPart | EffortPart | SeedsPart | SweepPart} Part
 */

/**
 * By the code of a record, from 1: its texts, the bytes of its scalars of a fixed size, what reads
 * them, and the scalars after them that are varints.
 * @type {{topic: string, texts: string[], bytes: number,
 *   scalars: (head: DataView, at: number) => Record<string, number|boolean>, varints: string[]}[]}
 */
export const RECORDS = [
  {
    topic: "losses",
    texts: [],
    bytes: 0,
    scalars: () => ({}),
    varints: ["restarts", "revision", "epoch", "stride", "firstRow"],
  },
  {
    topic: "network",
    texts: [],
    bytes: 35,
    scalars: (head, at) => ({
      trainLoss: head.getFloat64(at, true),
      testLoss: head.getFloat64(at + 8, true),
      epochsPerSecond: head.getFloat64(at + 16, true),
      learningRate: head.getFloat64(at + 24, true),
      playing: head.getUint8(at + 32) !== 0,
      diverged: head.getUint8(at + 33) !== 0,
      levels: head.getUint8(at + 34),
    }),
    varints: ["restarts", "revision", "epoch"],
  },
  {
    topic: "map",
    texts: ["unit", "plane"],
    bytes: 2,
    scalars: (head, at) => ({
      classes: head.getUint8(at),
      levels: head.getUint8(at + 1),
    }),
    varints: ["restarts", "revision", "epoch"],
  },
  {
    topic: "reading",
    texts: [],
    bytes: 9,
    scalars: (head, at) => ({
      value: head.getFloat64(at, true),
      winner: head.getUint8(at + 8),
    }),
    varints: ["restarts", "revision", "epoch"],
  },
  {
    topic: "data",
    texts: ["plane"],
    bytes: 0,
    scalars: () => ({}),
    varints: ["restarts", "revision", "epoch"],
  },
  {
    topic: "metrics",
    texts: [],
    bytes: 0,
    scalars: () => ({}),
    varints: ["restarts", "revision", "epoch"],
  },
  {
    topic: "curve",
    texts: [],
    bytes: 0,
    scalars: () => ({}),
    varints: ["restarts", "revision", "epoch"],
  },
  {
    topic: "points",
    texts: [],
    bytes: 0,
    scalars: () => ({}),
    varints: ["restarts", "revision", "epoch"],
  },
  {
    topic: "marks",
    texts: [],
    bytes: 0,
    scalars: () => ({}),
    varints: ["restarts", "revision", "epoch"],
  },
  {
    topic: "branch",
    texts: ["letter"],
    bytes: 0,
    scalars: () => ({}),
    varints: ["restarts", "revision", "epoch", "stride"],
  },
  {
    topic: "bending",
    texts: ["plane"],
    bytes: 1,
    scalars: (head, at) => ({
      grid: head.getUint8(at),
    }),
    varints: ["restarts", "revision", "epoch"],
  },
  {
    topic: "health",
    texts: [],
    bytes: 0,
    scalars: () => ({}),
    varints: ["restarts", "revision", "epoch"],
  },
  {
    topic: "importance",
    texts: [],
    bytes: 8,
    scalars: (head, at) => ({
      whole: head.getFloat64(at, true),
    }),
    varints: ["restarts", "revision", "epoch"],
  },
  {
    topic: "landscape",
    texts: ["mode", "problem"],
    bytes: 8,
    scalars: (head, at) => ({
      share: head.getFloat64(at, true),
    }),
    varints: ["restarts", "revision", "epoch"],
  },
  {
    topic: "diagnosis",
    texts: ["key", "place", "sentence", "firstLabel", "firstChanges", "secondLabel", "secondChanges"],
    bytes: 0,
    scalars: () => ({}),
    varints: ["restarts", "revision", "epoch"],
  },
  {
    topic: "batch",
    texts: [],
    bytes: 0,
    scalars: () => ({}),
    varints: ["restarts", "revision", "epoch", "batch", "batches", "batchSize", "example", "done", "examples"],
  },
  {
    topic: "example",
    texts: [],
    bytes: 27,
    scalars: (head, at) => ({
      isNext: head.getUint8(at) !== 0,
      isTraining: head.getUint8(at + 1) !== 0,
      takesSums: head.getUint8(at + 2) !== 0,
      loss: head.getFloat64(at + 3, true),
      rate: head.getFloat64(at + 11, true),
      quotient: head.getFloat64(at + 19, true),
    }),
    varints: ["restarts", "revision", "epoch", "point"],
  },
  {
    topic: "codes",
    texts: [],
    bytes: 8,
    scalars: (head, at) => ({
      angle: head.getFloat64(at, true),
    }),
    varints: ["restarts", "revision", "epoch", "layer", "right", "since"],
  },
  {
    topic: "principal",
    texts: [],
    bytes: 16,
    scalars: (head, at) => ({
      trainLoss: head.getFloat64(at, true),
      testLoss: head.getFloat64(at + 8, true),
    }),
    varints: ["restarts", "revision", "epoch", "training"],
  },
  {
    topic: "decoded",
    texts: [],
    bytes: 16,
    scalars: (head, at) => ({
      x: head.getFloat64(at, true),
      y: head.getFloat64(at + 8, true),
    }),
    varints: ["restarts", "revision", "epoch"],
  },
  {
    topic: "effort",
    texts: ["letter"],
    bytes: 0,
    scalars: () => ({}),
    varints: ["restarts", "revision", "epoch"],
  },
  {
    topic: "seeds",
    texts: [],
    bytes: 0,
    scalars: () => ({}),
    varints: ["restarts", "revision", "epoch"],
  },
  {
    topic: "sweep",
    texts: [],
    bytes: 0,
    scalars: () => ({}),
    varints: ["restarts", "revision", "epoch"],
  },
];

/**
 * A network and how it learns; the page sends it whole.
 * @typedef {object} Spec
 * @property {string} problem
 * @property {string} dataset
 * @property {string} reg_dataset
 * @property {number} noise
 * @property {number} train_percent
 * @property {number} batch_size
 * @property {string} seed
 * @property {string[]} features
 * @property {number[]} hidden
 * @property {string} activation
 * @property {boolean} init_zero
 * @property {number} learning_rate
 * @property {string} regularization
 * @property {number} regularization_rate
 * @property {string} short_batch
 * @property {string[]} activations
 * @property {string} initialiser
 * @property {string[]} initialisers
 * @property {string} biases
 * @property {string} weight_seed
 * @property {number} points
 * @property {number} classes
 * @property {number} class_balance
 * @property {string[]} regions
 * @property {string} surface
 * @property {string[]} class_names
 * @property {number} drawn_classes
 * @property {string} data
 * @property {string} output
 * @property {string} loss
 * @property {string} optimiser
 * @property {number} momentum
 * @property {number} beta1
 * @property {number} beta2
 * @property {number} smoothing
 * @property {number} epsilon
 * @property {number} weight_decay
 * @property {string} schedule
 * @property {number} schedule_epochs
 * @property {number} schedule_factor
 * @property {number} warmup_epochs
 * @property {number} clip_norm
 * @property {string} order
 * @property {number} dropout
 * @property {number} stop_epoch
 * @property {number} stop_loss
 * @property {number} patience
 * @property {string[]} frozen
 * @property {string[]} cut
 */

/**
 * The rows of the loss curve, each one once.
 * @typedef {object} LossesTopic
 * @property {string} [run]
 * @property {"losses"} topic
 */

/**
 * Losses, parameters, and the small maps of the neurons.
 * @typedef {object} NetworkTopic
 * @property {string} [run]
 * @property {"network"} topic
 * @property {string} [plane]
 */

/**
 * The big map of one unit. One that the network does not have (any more) shows the output.
 * @typedef {object} MapTopic
 * @property {string} [run]
 * @property {"map"} topic
 * @property {string} unit
 * @property {string} [plane]
 */

/**
 * What a unit's output is at one place of a map.
 * @typedef {object} ReadingTopic
 * @property {string} [run]
 * @property {"reading"} topic
 * @property {string} unit
 * @property {number} x
 * @property {number} y
 * @property {string} [plane]
 */

/**
 * How good the outputs are, a few times a second.
 * @typedef {object} MetricsTopic
 * @property {string} [run]
 * @property {"metrics"} topic
 */

/**
 * The points and the plane that shows them, once in each start of the run.
 * @typedef {object} DataTopic
 * @property {string} [run]
 * @property {"data"} topic
 * @property {string} [plane]
 */

/**
 * Of data with one input, the network's curve; with `shares` also what each neuron before the output has in it.
 * @typedef {object} CurveTopic
 * @property {string} [run]
 * @property {"curve"} topic
 * @property {boolean} [shares]
 */

/**
 * What the network answers for each point, and its loss.
 * @typedef {object} PointsTopic
 * @property {string} [run]
 * @property {"points"} topic
 */

/**
 * The edits of the run, and when they were made.
 * @typedef {object} MarksTopic
 * @property {string} [run]
 * @property {"marks"} topic
 */

/**
 * The losses of a run that is kept.
 * @typedef {object} BranchTopic
 * @property {string} [run]
 * @property {"branch"} topic
 * @property {string} letter
 */

/**
 * Where each layer moves a grid on the plane and the training points.
 * @typedef {object} BendingTopic
 * @property {string} [run]
 * @property {"bending"} topic
 * @property {string} [plane]
 */

/**
 * The gradient of the training loss, and what ails each neuron.
 * @typedef {object} HealthTopic
 * @property {string} [run]
 * @property {"health"} topic
 */

/**
 * The training loss without each part of the network.
 * @typedef {object} ImportanceTopic
 * @property {string} [run]
 * @property {"importance"} topic
 */

/**
 * The training loss around the run: over the plane of its path, two weights, or two random directions.
 * @typedef {object} LandscapeTopic
 * @property {string} [run]
 * @property {"landscape"} topic
 * @property {"path" | "weights" | "random"} [mode]
 * @property {string} [first]
 * @property {string} [second]
 * @property {number} [draw]
 */

/**
 * What goes wrong in the run, if anything.
 * @typedef {object} DiagnosisTopic
 * @property {string} [run]
 * @property {"diagnosis"} topic
 */

/**
 * The batch that is trained next: where the run is in it, and how hard each of its points pulls.
 * @typedef {object} BatchTopic
 * @property {string} [run]
 * @property {"batch"} topic
 */

/**
 * One example number by number, and the check of one weight's gradient: of the bias where there is no `input`.
 * @typedef {object} ExampleTopic
 * @property {string} [run]
 * @property {"example"} topic
 * @property {number | null} [id]
 * @property {number} [layer]
 * @property {number} [neuron]
 * @property {number | null} [input]
 */

/**
 * What the narrowest layer of an autoencoder makes of each row, and how the network rebuilds it.
 * @typedef {object} CodesTopic
 * @property {string} [run]
 * @property {"codes"} topic
 */

/**
 * The same rows on the plane of their principal components, once in each start of the run.
 * @typedef {object} PrincipalTopic
 * @property {string} [run]
 * @property {"principal"} topic
 */

/**
 * What the network rebuilds from the code at a place of the plane of codes.
 * @typedef {object} DecodedTopic
 * @property {string} [run]
 * @property {"decoded"} topic
 * @property {number} x
 * @property {number} y
 */

/**
 * What the run has taken by epoch, or one that is kept: updates, examples and time.
 * @typedef {object} EffortTopic
 * @property {string} [run]
 * @property {"effort"} topic
 * @property {string | ""} [letter]
 */

/**
 * The copies with other seeds.
 * @typedef {object} SeedsTopic
 * @property {string} [run]
 * @property {"seeds"} topic
 */

/**
 * The cells of a sweep.
 * @typedef {object} SweepTopic
 * @property {string} [run]
 * @property {"sweep"} topic
 */

/**
 * @typedef {LossesTopic | NetworkTopic | MapTopic | ReadingTopic | MetricsTopic | DataTopic | CurveTopic | PointsTopic
 *   | MarksTopic | BranchTopic | BendingTopic | HealthTopic | ImportanceTopic | LandscapeTopic | DiagnosisTopic |
 *   BatchTopic | ExampleTopic | CodesTopic | PrincipalTopic | DecodedTopic | EffortTopic | SeedsTopic | SweepTopic}
 *   Topic
 */

/**
 * A new point, in steps of 1/256. Its target is the number of its class from 0, or its value in steps.
 * @typedef {object} AddedPoint
 * @property {number} x
 * @property {number} y
 * @property {number} target
 */

/**
 * What changes of a point: place, target, or whether it is a training point. What is left out stays.
 * @typedef {object} MovedPoint
 * @property {number} id
 * @property {number | null} [x]
 * @property {number | null} [y]
 * @property {number | null} [target]
 * @property {boolean | null} [training]
 */

/**
 * A setting of a sweep, by its key in links, and its values as links write them.
 * @typedef {object} Varied
 * @property {string} key
 * @property {string[]} values
 */

/**
 * The whole specification, never a change to one: two pages can then never disagree about the rest.
 * @typedef {object} Configure
 * @property {string} [run]
 * @property {"configure"} type
 * @property {number} revision
 * @property {Spec} spec
 * @property {string | null} [drawn]
 * @property {string | null} [at]
 * @property {string} [edits]
 */

/**
 * Learn from a stored data set. The server chooses the first settings for it, and tells them in the next state.
 * @typedef {object} UseData
 * @property {string} [run]
 * @property {"use_data"} type
 * @property {number} revision
 * @property {string} data
 */

/**
 * Train on at the run's speed.
 * @typedef {object} Play
 * @property {string} [run]
 * @property {"play"} type
 */

/**
 * Stop after the current epoch.
 * @typedef {object} Pause
 * @property {string} [run]
 * @property {"pause"} type
 */

/**
 * Stop playing and train this many epochs.
 * @typedef {object} Step
 * @property {string} [run]
 * @property {"step"} type
 * @property {number} [epochs]
 */

/**
 * What playing counts from now on; speed is in its ticks per second.
 * @typedef {object} SetClock
 * @property {string} [run]
 * @property {"set_clock"} type
 * @property {"epoch" | "batch" | "example"} clock
 */

/**
 * The lab that is open in the owner's page, by its key, for those who watch; "" for none.
 * @typedef {object} SetLab
 * @property {string} [run]
 * @property {"set_lab"} type
 * @property {string} lab
 */

/**
 * Stop playing and go on by so many ticks of a clock.
 * @typedef {object} Tick
 * @property {string} [run]
 * @property {"tick"} type
 * @property {"epoch" | "batch" | "example"} clock
 * @property {number} [count]
 */

/**
 * Stop playing and go back to the same start.
 * @typedef {object} Reset
 * @property {string} [run]
 * @property {"reset"} type
 */

/**
 * Epochs per second while playing, or ticks of the clock that is set; null is as fast as possible.
 * @typedef {object} Speed
 * @property {string} [run]
 * @property {"speed"} type
 * @property {number | null} rate
 */

/**
 * Stop playing and show a batch of an earlier epoch; without an epoch, show the newest again.
 * @typedef {object} Seek
 * @property {string} [run]
 * @property {"seek"} type
 * @property {number | null} [epoch]
 * @property {number} [batch]
 */

/**
 * Stop playing and show a run that is kept; the one that was shown is kept in turn.
 * @typedef {object} OpenKept
 * @property {string} [run]
 * @property {"open_kept"} type
 * @property {string} letter
 */

/**
 * Give a run, the shown one or a kept one, a name; "" takes it away.
 * @typedef {object} RenameKept
 * @property {string} [run]
 * @property {"rename_kept"} type
 * @property {string} letter
 * @property {string} name
 */

/**
 * Forget a run that is kept.
 * @typedef {object} RemoveKept
 * @property {string} [run]
 * @property {"remove_kept"} type
 * @property {string} letter
 */

/**
 * Show a twin beside the run: its record from epoch 0, with these fields as in `spec` throughout.
 * @typedef {object} Compare
 * @property {string} [run]
 * @property {"compare"} type
 * @property {number} revision
 * @property {Spec} spec
 * @property {string[]} fields
 */

/**
 * End a comparison: drop the twin, keep it as a run, or take it and keep the other. Or let the two change roles.
 * @typedef {object} SettleTwin
 * @property {string} [run]
 * @property {"settle_twin"} type
 * @property {"drop" | "keep" | "take" | "swap"} how
 */

/**
 * Train copies of the run, and of its twin, from first weights of the seeds 1, 2, ... and epoch 0 on.
 * @typedef {object} RunSeeds
 * @property {string} [run]
 * @property {"run_seeds"} type
 * @property {number} count
 * @property {number} epochs
 * @property {"train_loss" | "test_loss" | "test_accuracy"} measure
 * @property {number} bound
 * @property {boolean} other_data
 */

/**
 * Train copies with each combination of one or two settings, from first weights of the seeds 1, 2, ...
 * @typedef {object} RunSweep
 * @property {string} [run]
 * @property {"run_sweep"} type
 * @property {Varied[]} vary
 * @property {number} count
 * @property {number} epochs
 * @property {"train_loss" | "test_loss" | "test_accuracy"} measure
 * @property {number} bound
 */

/**
 * End what is trained; what there is by then stays.
 * @typedef {object} CancelTrials
 * @property {string} [run]
 * @property {"cancel_trials"} type
 * @property {"seeds" | "sweep"} which
 */

/**
 * Make one of many runs the run, at the epoch where it is; the one that was shown is kept.
 * @typedef {object} OpenTrial
 * @property {string} [run]
 * @property {"open_trial"} type
 * @property {"seeds" | "sweep"} which
 * @property {number} revision
 * @property {number} cell
 * @property {number} seed
 */

/**
 * Set one weight. Layer 0 is the first hidden layer; `input` counts the layer's inputs.
 * @typedef {object} EditWeight
 * @property {string} [run]
 * @property {"edit_weight"} type
 * @property {number} layer
 * @property {number} neuron
 * @property {number} input
 * @property {number} value
 */

/**
 * Set one bias.
 * @typedef {object} EditBias
 * @property {string} [run]
 * @property {"edit_bias"} type
 * @property {number} layer
 * @property {number} neuron
 * @property {number} value
 */

/**
 * With patience: take the weights of the lowest test loss again, as an edit.
 * @typedef {object} RestoreBest
 * @property {string} [run]
 * @property {"restore_best"} type
 */

/**
 * Add, remove and change points, all at once: one step that can be undone. Every tool ends in it.
 * @typedef {object} EditData
 * @property {string} [run]
 * @property {"edit_data"} type
 * @property {AddedPoint[]} [added]
 * @property {number[]} [removed]
 * @property {MovedPoint[]} [moved]
 */

/**
 * Bring the points of an edit back to what they were. The state has the number of the one that can be undone.
 * @typedef {object} UndoData
 * @property {string} [run]
 * @property {"undo_data"} type
 * @property {number} edit
 */

/**
 * All topics that this page shows, never a change to them. Until the first one it is sent none.
 * @typedef {object} Subscribe
 * @property {"subscribe"} type
 * @property {Topic[]} topics
 */

/**
 * Answer the question of a class: with the place of a choice, from 0, or with a number. The last one counts.
 * @typedef {object} Vote
 * @property {"vote"} type
 * @property {number} question
 * @property {number} value
 */

/**
 * The last tick is drawn: the next may come.
 * @typedef {object} Ack
 * @property {"ack"} type
 */

/**
 * Send a heartbeat now: the device was asleep, or its network has changed.
 * @typedef {object} Beat
 * @property {"beat"} type
 */

/**
 * Why training has stopped: the stop rule's field, and a sentence.
 * @typedef {object} StopReason
 * @property {string} rule
 * @property {string} message
 */

/**
 * With patience: the state of the lowest test loss.
 * @typedef {object} BestCheckpoint
 * @property {number} epoch
 * @property {number | null} test_loss
 */

/**
 * What was drawn: the number of points that differ, and the numbers of the edits that `undo_data` takes, if any.
 * @typedef {object} Drawn
 * @property {number} points
 * @property {string} text
 * @property {number | null} undo
 * @property {number | null} redo
 */

/**
 * The past of a run that is shown: when somebody went there, and until when the run goes.
 * @typedef {object} Past
 * @property {number} epoch
 * @property {number} batch
 * @property {number} batches
 * @property {number} newest
 */

/**
 * A run of the session: the shown one, or one that is kept.
 * @typedef {object} RunFacts
 * @property {string} letter
 * @property {string} name
 * @property {number} began
 * @property {string} of
 * @property {number} epoch
 * @property {number | null} train_loss
 * @property {number | null} test_loss
 */

/**
 * A column of a stored data set: a value v of it was `offset + scale * v` in its unit.
 * @typedef {object} ColumnFacts
 * @property {string} name
 * @property {string} unit
 * @property {number} offset
 * @property {number} scale
 * @property {number} low
 * @property {number} high
 * @property {number[]} counts
 */

/**
 * The twin of a run: what is compared with it.
 * @typedef {object} TwinFacts
 * @property {string} letter
 * @property {string[]} fields
 * @property {string[]} notes
 */

/**
 * Somebody in a class.
 * @typedef {object} Person
 * @property {number} number
 * @property {string} name
 * @property {string} state
 */

/**
 * The question of a class.
 * @typedef {object} Asked
 * @property {number} number
 * @property {string} text
 * @property {string[]} choices
 * @property {boolean} shown
 * @property {number} answered
 * @property {number[]} counts
 * @property {number[]} values
 * @property {number | null} mine
 */

/**
 * What a run of the session is now. Sent on joining and after each change, to every viewer.
 * @typedef {object} StateEvent
 * @property {"state"} type
 * @property {string} run
 * @property {number} instance
 * @property {number} viewers
 * @property {number} revision
 * @property {Spec} spec
 * @property {boolean} playing
 * @property {number | null} speed
 * @property {"epoch" | "batch" | "example"} clock
 * @property {string} lab
 * @property {number} restarts
 * @property {number | null} diverged_at
 * @property {StopReason | null} halted
 * @property {BestCheckpoint | null} best
 * @property {Drawn | null} drawn
 * @property {string} link
 * @property {Past | null} past
 * @property {number} first_epoch
 * @property {RunFacts[]} runs
 * @property {TwinFacts | null} twin
 */

/**
 * A command that was not carried out, to its sender only.
 * @typedef {object} ErrorEvent
 * @property {"error"} type
 * @property {string} field
 * @property {string | number | boolean | null} value
 * @property {string} allowed
 * @property {string} message
 * @property {number | null} revision
 */

/**
 * The engine is being compiled: `done` of `total` parts, and the name of the last one.
 * @typedef {object} ProgressEvent
 * @property {"progress"} type
 * @property {number} done
 * @property {number} total
 * @property {string} name
 */

/**
 * The way to an epoch takes a while: the share that is done. The next state of the run ends it.
 * @typedef {object} SeekingEvent
 * @property {"seeking"} type
 * @property {string} run
 * @property {number} epoch
 * @property {number} share
 */

/**
 * The server is about to end this connection, and why.
 * @typedef {object} ClosingEvent
 * @property {"closing"} type
 * @property {string} message
 */

/**
 * The server is there, and says so again after these seconds. A page that hears nothing for longer has lost it.
 * @typedef {object} HeartbeatEvent
 * @property {"heartbeat"} type
 * @property {number} seconds
 */

/**
 * A stored data set that specs of this session may name. Sent before the first state that does.
 * @typedef {object} TableFactsEvent
 * @property {"table"} type
 * @property {string} reference
 * @property {string} title
 * @property {string} source
 * @property {string} licence
 * @property {ColumnFacts[]} columns
 * @property {ColumnFacts[]} targets
 * @property {string[]} classes
 * @property {boolean} split
 */

/**
 * The class that follows this session, to its desks and, with what is their own, to those who follow.
 * @typedef {object} ClassFactsEvent
 * @property {"class"} type
 * @property {string} code
 * @property {boolean} locked
 * @property {number} here
 * @property {Person[]} people
 * @property {string} name
 * @property {boolean} tried
 * @property {Asked | null} question
 */

/**
 * @typedef {Configure | UseData | Play | Pause | Step | SetClock | SetLab | Tick | Reset | Speed | Seek | OpenKept |
 *   RenameKept | RemoveKept | Compare | SettleTwin | RunSeeds | RunSweep | CancelTrials | OpenTrial | EditWeight |
 *   EditBias | RestoreBest | EditData | UndoData | Subscribe | Vote | Ack | Beat} Command
 */

/**
 * @typedef {StateEvent | ErrorEvent | ProgressEvent | SeekingEvent | ClosingEvent | HeartbeatEvent | TableFactsEvent |
 *   ClassFactsEvent} ServerEvent
 */
