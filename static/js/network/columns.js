// The columns of a stored data set as inputs in the picture. It comes with the first such data.

export { HISTOGRAM, histogram } from "../draw/histogram.js";
export { tableInputs } from "../model/table_words.js";
