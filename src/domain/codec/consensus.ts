/** Front door of the settlement protocol's fixed-width binary forms. */
export {
  blockId,
  decodeBlockRecord,
  decodeCertificate,
  encodeBlockRecord,
  encodeCertificate,
  encodeHeader,
  encodeTimeoutCertificate,
} from './consensus-parts.js';
export { decodeConsensusMessage, encodeConsensusMessage } from './consensus-message.js';
export {
  decodeSafetyGuard,
  decodeSafetyRecord,
  encodeSafetyGuard,
  encodeSafetyRecord,
} from './consensus-safety.js';
export { bftHash, payloadRoot } from './consensus-hash.js';
export {
  approvalPreimage,
  blockPreimage,
  genesisPreimage,
  timeoutPreimage,
} from './consensus-preimage.js';
