// The wire, as app/wire says it. Written by `python -m tinkernet.app.wire.codegen`: change it there.

export const MAGIC = "TKN1";
export const VERSION = 4;
export const SUBPROTOCOL = "tinkernet";
export const KIND_FRAME = 1;
export const KIND_POINTS = 2;
export const FLAG_DEFLATED = 1;
export const FLAG_DIVERGED = 2;
export const FLAG_PLAYING = 4;
export const NOT_FINITE = 255;
export const SMALL_MOST = 16;
export const OUTPUT = "output";
export const NO_CLASS = 255;
export const MAIN = "main";

export const LIMITS = Object.freeze({
  message_bytes: 65536,
  revision: 2147483648,
  step_epochs: 100000,
  speed_minimum: 1,
  speed_maximum: 100000,
  weight: 1e+06,
  pointer: 6,
  unit_characters: 32,
});

export const FRAME_HEADER_BYTES = 100;
export const FRAME_HEADER = /** @type {const} */ ({
  // 1 frame, 2 points
  kind: { offset: 4, read: "getUint8" },
  // 1 maps deflated, 2 diverged, 4 playing
  flags: { offset: 5, read: "getUint8" },
  // of this wire
  version: { offset: 6, read: "getUint16" },
  // of the configuration that was trained
  revision: { offset: 8, read: "getUint32" },
  // counts the starts of the run
  restarts: { offset: 12, read: "getUint32" },
  // epochs trained
  epoch: { offset: 16, read: "getFloat64" },
  // now
  train_loss: { offset: 24, read: "getFloat64" },
  // now
  test_loss: { offset: 32, read: "getFloat64" },
  // of the watched unit under the pointer, NaN if none
  value: { offset: 40, read: "getFloat64" },
  // epochs between loss rows
  stride: { offset: 48, read: "getUint32" },
  // the rows below start here; older rows stay
  first_row: { offset: 52, read: "getUint32" },
  // loss rows below
  rows: { offset: 56, read: "getUint32" },
  // small maps: hidden and output neurons, of each layer the first SMALL_MOST
  neurons: { offset: 60, read: "getUint16" },
  // pixels
  small_side: { offset: 62, read: "getUint16" },
  // pixels
  big_side: { offset: 64, read: "getUint16" },
  // a map's byte of 0 is -1, of levels - 1 is 1, 255 is no finite number
  small_levels: { offset: 66, read: "getUint8" },
  // the same of the big map
  big_levels: { offset: 67, read: "getUint8" },
  // weights and biases
  params: { offset: 68, read: "getUint32" },
  // bytes of the maps as sent
  maps_length: { offset: 72, read: "getUint32" },
  // bytes of the maps inflated
  raw_length: { offset: 76, read: "getUint32" },
  // measured
  epochs_per_second: { offset: 80, read: "getFloat64" },
  // epoch of the first non-finite loss, NaN if none
  diverged_at: { offset: 88, read: "getFloat64" },
  // 0; else the big map's byte is class * big_levels + its lead: 0 none, levels - 1 is 1
  classes: { offset: 96, read: "getUint8" },
  // class under the pointer, whose answer is the value; NO_CLASS if none
  winner: { offset: 97, read: "getUint8" },
  // 0
  zero: { offset: 98, read: "getUint16" },
});

export const POINTS_HEADER_BYTES = 24;
export const POINTS_HEADER = /** @type {const} */ ({
  // 1 frame, 2 points
  kind: { offset: 4, read: "getUint8" },
  // 0
  flags: { offset: 5, read: "getUint8" },
  // of this wire
  version: { offset: 6, read: "getUint16" },
  // counts the starts of the run
  restarts: { offset: 8, read: "getUint32" },
  // training points, first
  train: { offset: 12, read: "getUint32" },
  // test points, after them
  test: { offset: 16, read: "getUint32" },
  // 0
  zero: { offset: 20, read: "getUint32" },
});

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
 * @property {number} classes
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
 * The whole specification, never a change to one: two pages can then never disagree about the rest.
 * @typedef {object} Configure
 * @property {string} [run]
 * @property {"configure"} type
 * @property {number} revision
 * @property {Spec} spec
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
 * Stop playing and go back to the same start.
 * @typedef {object} Reset
 * @property {string} [run]
 * @property {"reset"} type
 */

/**
 * Epochs per second while playing; null is as fast as possible.
 * @typedef {object} Speed
 * @property {string} [run]
 * @property {"speed"} type
 * @property {number | null} rate
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
 * This viewer's unit for the big map: output, a feature, or layer.neuron; and the pointer on it (null: elsewhere).
 * @typedef {object} Subscribe
 * @property {string} [run]
 * @property {"subscribe"} type
 * @property {string} unit
 * @property {number | null} [x]
 * @property {number | null} [y]
 * @property {boolean} [metrics]
 */

/**
 * The last frame was taken in: the next may come.
 * @typedef {object} Ack
 * @property {"ack"} type
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
 * Metrics on one set of points; the first three for classification, the others for regression.
 * @typedef {object} SetMetrics
 * @property {number | null} [accuracy]
 * @property {number[][] | null} [confusion]
 * @property {(number | null)[] | null} [f1]
 * @property {number | null} [r2]
 * @property {number | null} [rmse]
 * @property {(number | null)[] | null} [predicted]
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
 * @property {number} restarts
 * @property {number | null} diverged_at
 * @property {StopReason | null} halted
 * @property {BestCheckpoint | null} best
 * @property {string} link
 */

/**
 * Metrics of a run, a few times a second, to those who watch them.
 * @typedef {object} MetricsEvent
 * @property {"metrics"} type
 * @property {string} run
 * @property {number} restarts
 * @property {number} epoch
 * @property {SetMetrics} train
 * @property {SetMetrics} test
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
 * @typedef {Configure | Play | Pause | Step | Reset | Speed | EditWeight | EditBias | RestoreBest | Subscribe | Ack}
 *   Command
 */

/**
 * @typedef {StateEvent | MetricsEvent | ErrorEvent | ProgressEvent | ClosingEvent | HeartbeatEvent} ServerEvent
 */
