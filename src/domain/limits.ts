/** Every bound of the formats and the doors, with its reason. Bytes, counts and milliseconds. */
export const LIMITS = {
  /** One event: fits a narrowband frame train and a datagram-sized budget. */
  eventBytesMax: 64 * 1024,
  /** A box is the largest bucket plus nonce, tag and framing. */
  boxBytesMax: 66 * 1024,
  labelBytesMax: 64 * 1024,
  credentialBytesMax: 16 * 1024,
  parentsMax: 64,
  headsMax: 64,
  chainDepthMax: 3,
  /** Before a peer is admitted, all of its hello together. */
  helloBytesMax: 16 * 1024,
  /** One frame of the link stream: a box or a delta chunk with framing. */
  frameBytesMax: 256 * 1024,
  /** Positions of a log that travel in one frame: small enough to let urgent frames pass between. */
  deltaChunkBytesMax: 64 * 1024,
  /** Received positions that wait for a checkpoint: 64 leaves of the largest event and box, twice. */
  stagedDeltaBytesMax: 16 * 1024 * 1024,
  /** Settlement inputs of one entry: `opened` is a 4-byte bitmap. */
  entryInputsMax: 32,
  entryBytesMax: 64 * 1024,
  membersMax: 31,
  blockEntriesMax: 2000,
  blockBodiesBytesMax: 1024 * 1024,
  /** Events a peer may keep waiting for a missing credential, label or parent. */
  pendingEventsPerPeerMax: 10_000,
  /** How far an event's clock may run ahead of ours before it is held. */
  futureMsMax: 5 * 60 * 1000,
  /** Plaintext of one sealed event: the largest bucket less the length prefix and inner framing. */
  plaintextBytesMax: 65_400,
} as const;

/** Sizes of the padded inner of a box, so that a box tells only a size class. */
export const BOX_BUCKETS = [256, 1024, 4096, 16_384, 65_536] as const;
