import { Bytes, equal, sha256 } from "./bytes";

export const leafHash = (entry: Bytes): Promise<Bytes> => sha256(Uint8Array.of(0), entry);
export const nodeHash = (left: Bytes, right: Bytes): Promise<Bytes> => sha256(Uint8Array.of(1), left, right);

/** One level of an inclusion path: the sibling that was given and the parent that follows from it. */
export interface PathStep {
  sibling: Bytes;
  siblingIsLeft: boolean;
  parent: Bytes;
}

/**
 * RFC 9162 §2.1.3.2, keeping each level so that it can be drawn. Null where the path has another
 * length than this index in a tree of this size demands.
 */
export async function inclusionSteps(leaf: Bytes, index: number, size: number, path: Bytes[]): Promise<PathStep[] | null> {
  if (leaf.length !== 32) return null;
  if (!Number.isSafeInteger(index) || !Number.isSafeInteger(size) || index < 0 || index >= size) return null;
  let node = index;
  let last = size - 1;
  let hash = leaf;
  const steps: PathStep[] = [];
  for (const sibling of path) {
    if (last === 0 || sibling.length !== 32) return null;
    const siblingIsLeft = node % 2 === 1 || node === last;
    hash = siblingIsLeft ? await nodeHash(sibling, hash) : await nodeHash(hash, sibling);
    steps.push({ sibling, siblingIsLeft, parent: hash });
    if (node % 2 === 0 && siblingIsLeft) {
      // The right edge of an unbalanced tree: levels without a sibling are skipped.
      while (node % 2 === 0 && node !== 0) {
        node = Math.floor(node / 2);
        last = Math.floor(last / 2);
      }
    }
    node = Math.floor(node / 2);
    last = Math.floor(last / 2);
  }
  return last === 0 ? steps : null;
}

export async function verifyInclusion(leaf: Bytes, index: number, size: number, path: Bytes[], root: Bytes): Promise<boolean> {
  const steps = await inclusionSteps(leaf, index, size, path);
  if (!steps) return false;
  return equal(steps.length > 0 ? steps[steps.length - 1].parent : leaf, root);
}
