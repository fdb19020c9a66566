const ASCII_VOTE_A = '766f74652041';

/**
 * Signatures and keys on which Ed25519 verifiers disagree (RFC 8032 leaves them open). `keySane`:
 * whether a credential may carry the key; `signatureGood`: what the one verifier answers.
 */
export const ED25519_VECTORS = {
  signatures: [
    {
      name: 'R with a torsion part',
      public: '7767a3242dc9b58bbc68488c1265cc6cc5f26c6f3c88a5d55e901b0734dca572',
      message: ASCII_VOTE_A,
      signature:
        '8ea6b58beb2ecc0801fbd6c82c6dafee292cd29e8b6698bbb94c566b594d8ba9' +
        'd177d7f108e8acc61c9b102470e99769412d3d0251f920dfefa866c0061e8106',
      keySane: true,
      signatureGood: false,
    },
    {
      name: 'small-order key under which one signature fits every message',
      public: `01${'00'.repeat(31)}`,
      message: ASCII_VOTE_A,
      signature: `58${'66'.repeat(31)}01${'00'.repeat(31)}`,
      keySane: false,
      signatureGood: true,
    },
  ],
  insaneKeys: [
    { name: 'small order', public: `01${'00'.repeat(31)}` },
    {
      name: 'mixed order',
      public: 'b15bf26424d1b69dd33b7a9e57db5de4a2aadea4a2a051efd9bfd6af74165d2b',
    },
    { name: 'non-canonical y', public: `ee${'ff'.repeat(30)}7f` },
    { name: 'x = 0 with the sign bit', public: `01${'00'.repeat(30)}80` },
  ],
} as const;
