import type { PathStep } from "../proof/merkle";

export interface TreeNode {
  x: number;
  y: number;
  role: "leaf" | "sibling" | "computed" | "root";
  hash: Uint8Array;
  level: number;
}

export interface TreeLine {
  from: TreeNode;
  to: TreeNode;
  /** Belongs to the way from the leaf to the root. */
  way: boolean;
}

export interface TreePicture {
  nodes: TreeNode[];
  lines: TreeLine[];
  width: number;
  height: number;
}

const ROW = 46;
const PAD = 24;

/**
 * The audit path, root on top: at each level the computed node and the sibling that was given, on the
 * side where it stands in the tree. Offsets shrink towards the leaf, so that sides stay visible and
 * nothing overlaps.
 */
export function treePicture(leaf: Uint8Array, steps: readonly PathStep[], width = 300): TreePicture {
  const levels = steps.length;
  const height = PAD * 2 + ROW * levels;
  const nodes: TreeNode[] = [];
  const lines: TreeLine[] = [];
  const root: TreeNode = {
    x: width / 2, y: PAD, level: levels, hash: levels > 0 ? steps[levels - 1].parent : leaf, role: levels > 0 ? "root" : "leaf",
  };
  nodes.push(root);
  let parent = root;
  for (let level = levels - 1; level >= 0; level--) {
    const step = steps[level];
    const spread = level === levels - 1 ? width * 0.23 : width * 0.13;
    const side = step.siblingIsLeft ? 1 : -1;
    const room = Math.min(width - PAD - spread, Math.max(PAD + spread, parent.x));
    const y = PAD + ROW * (levels - level);
    const below: TreeNode = {
      x: room + side * spread, y, level, hash: level > 0 ? steps[level - 1].parent : leaf, role: level > 0 ? "computed" : "leaf",
    };
    const sibling: TreeNode = { x: room - side * spread, y, level, hash: step.sibling, role: "sibling" };
    nodes.push(sibling, below);
    lines.push({ from: parent, to: sibling, way: false }, { from: parent, to: below, way: true });
    parent = below;
  }
  return { nodes, lines, width, height };
}
