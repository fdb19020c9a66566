/**
 * A persistent set of hex keys of one length: adding shares all but the path to the new key, so a
 * settled state is kept per uncommitted block without copying what was settled before. A radix tree
 * by hex digit; keys chosen by an adversary cost at most one level per digit.
 */
type Node = string | readonly (Node | undefined)[];

export interface HexSet {
  readonly size: number;
  readonly root: Node | undefined;
}

export const EMPTY_SET: HexSet = { size: 0, root: undefined };

function digit(key: string, depth: number): number {
  return Number.parseInt(key.charAt(depth), 16);
}

export function hasKey(set: HexSet, key: string): boolean {
  let node = set.root;
  for (let depth = 0; node !== undefined; depth++) {
    if (typeof node === 'string') return node === key;
    node = node[digit(key, depth)];
  }
  return false;
}

function insert(node: Node | undefined, key: string, depth: number): Node {
  if (node === undefined) return key;
  const children: (Node | undefined)[] =
    typeof node === 'string' ? new Array<Node | undefined>(16).fill(undefined) : node.slice();
  if (typeof node === 'string') children[digit(node, depth)] = node;
  const at = digit(key, depth);
  children[at] = insert(children[at], key, depth + 1);
  return children;
}

/** The set with the key. The set given does not change. */
export function withKey(set: HexSet, key: string): HexSet {
  if (hasKey(set, key)) return set;
  return { size: set.size + 1, root: insert(set.root, key, 0) };
}

export function withKeys(set: HexSet, keys: readonly string[]): HexSet {
  return keys.reduce(withKey, set);
}
