/** Label validity, markings and strict merging, all driven by a policy that is data. */
export type { LabelFault } from './validity.js';
export { labelFaults } from './validity.js';
export type { MarkingFault } from './marking.js';
export { parseMarking, printMarking } from './marking.js';
export type { MergeSource, Merged } from './merge.js';
export { mergeLabels, ownerOf } from './merge.js';
