import { readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { vectorFiles } from '../../../scripts/vectors/files.js';

const files = await vectorFiles();

describe('frozen vectors', () => {
  it.each([...files.keys()])('%s is what the code computes', (name) => {
    const frozen = readFileSync(path.join(import.meta.dirname, '../../vectors', name), 'utf8');
    expect(files.get(name)).toBe(frozen);
  });

  // Written down a second time, so that regenerating the files cannot move the format unseen.
  it('states the published values of the release keys', () => {
    expect(JSON.parse(files.get('release.json') ?? '')).toMatchObject({
      rsd: '1dfa7e5a085116349f8301478ba59f63c384ace4ebbbb6e8a2f4a0a7cfe08e12',
      rkId: 'b7e459b355a850b112e461610f4aea65ea62073c2034d9374dc4ed5718f487dc',
      ak: 'bcdd422234b92b85b3453d1cb7844478b01182f6a5f884a24716bd5b107c91ae',
      cek: 'bec004dad04c4bf0f9206cdb3074474b2d2b63c538bb7606c91cec40d1ff2ba6',
      labelDigest: '5a668c6595886068f3cef6ba48d5a6ee21a6efef29dada7e0bfa1b003545f5ec',
      bind: 'e5a22a6ee1c7f900a0a0b1eead0db3040ce98072f63d2b4ea52f4a7c0c6543ed',
      commit: '83d851fb682549c85d3167552c29b5b11a5f42a55b344f410c2dd613bb459386',
      gbind: '5afaa8307c8b9a4158d27a1f99f0099cbd6aeabf631a6134a5a32aeb916d52f6',
      grantBodyKey: '01835d32e9491d73af1514c96b9c6470eccdb0944a8e707e4cf1cdb89a602b24',
      topic: '/entente/t/4e56208bb44b177555caf1e5a9a41e82',
      prekeyId: '62294e59bfe95f9a',
      blind: '9149b5cc74e6a2647baa2dc7b3d3f36b0051a17404fbfcc6f9dee8369213fa59',
      boxHash: '60024c6f19a82ccc0f37b83f29b0ce2f3784c6b0000a33418ba5f3aaa366e532',
      boxSize: 293,
    });
  });

  it('states the published ids, sizes and signature of the two events', () => {
    const { key, events } = JSON.parse(files.get('events.json') ?? '') as {
      key: { kid: string };
      events: { id: string; size: number; record: string }[];
    };
    expect(key.kid).toBe('866eefbd6718c8846cd7ddfe43fc74ab1daac4538ff8514ea2ec2d410a415743');
    expect(events.map(({ id, size }) => [id, size])).toEqual([
      ['9adf3a76601fd572e363e1f1580671a9259c84e01acde2c70a21320a2b8c5df7', 363],
      ['1f0d69a4083b979c94d3055c08a06b689b4723591e27e475af58da6877713a87', 583],
    ]);
    expect(events[0]?.record).toMatch(
      /58409791374749204b93a7b5b0ce69ff302c63c810a7ed5a7c10c9253a56cf8414c9d8602e85057be9b980a5a415ec8f1787ce9eab7b10dced9a80206b53994cbf0f$/,
    );
  });
});
