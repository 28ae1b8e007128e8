import type { PathStep } from "../proof/merkle";

export interface TreeNode {
  x: number;
  y: number;
  role: "leaf" | "sibling" | "computed" | "root";
  hash: Uint8Array;
  level: number;
  /** On which side of its parent, and so of its own label, it stands. */
  leans: "left" | "right";
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
/** Room for a short hash beside a node at the edge. */
const LABEL = 62;

/**
 * The audit path, root on top: at each level the computed node and the sibling that was given, on the
 * side where it stands in the tree. Offsets shrink towards the leaf, so that sides stay visible and
 * nothing overlaps.
 */
export function treePicture(leaf: Uint8Array, steps: readonly PathStep[], width = 320): TreePicture {
  const levels = steps.length;
  const height = PAD * 2 + ROW * levels;
  const nodes: TreeNode[] = [];
  const lines: TreeLine[] = [];
  const root: TreeNode = {
    x: width / 2, y: PAD, level: levels, hash: levels > 0 ? steps[levels - 1].parent : leaf, role: levels > 0 ? "root" : "leaf", leans: "right",
  };
  nodes.push(root);
  let parent = root;
  for (let level = levels - 1; level >= 0; level--) {
    const step = steps[level];
    const spread = level === levels - 1 ? width * 0.2 : width * 0.12;
    const side = step.siblingIsLeft ? 1 : -1;
    const room = Math.min(width - LABEL - spread, Math.max(LABEL + spread, parent.x));
    const y = PAD + ROW * (levels - level);
    const below: TreeNode = {
      x: room + side * spread, y, level, hash: level > 0 ? steps[level - 1].parent : leaf, role: level > 0 ? "computed" : "leaf", leans: step.siblingIsLeft ? "right" : "left",
    };
    const sibling: TreeNode = { x: room - side * spread, y, level, hash: step.sibling, role: "sibling", leans: step.siblingIsLeft ? "left" : "right" };
    nodes.push(sibling, below);
    lines.push({ from: parent, to: sibling, way: false }, { from: parent, to: below, way: true });
    parent = below;
  }
  return { nodes, lines, width, height };
}
