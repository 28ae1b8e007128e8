import dagre from "dagre";
import type { FlowEdge, FlowGraph, FlowNode } from "../flows/graph";

export const NODE_WIDTH = 184;
export const NODE_HEIGHT = 60;

export interface PlacedNode extends FlowNode {
  x: number;
  y: number;
}

export interface PlacedEdge extends FlowEdge {
  points: { x: number; y: number }[];
  at: { x: number; y: number } | null;
}

export interface Placed {
  nodes: PlacedNode[];
  edges: PlacedEdge[];
  width: number;
  height: number;
}

function lay(graph: FlowGraph, rankdir: "TB" | "LR"): Placed {
  const sheet = new dagre.graphlib.Graph({ multigraph: true });
  sheet.setGraph({ rankdir, nodesep: rankdir === "LR" ? 22 : 34, ranksep: rankdir === "LR" ? 44 : 30, edgesep: 14, marginx: 14, marginy: 14 });
  graph.nodes.forEach((node) => sheet.setNode(node.id, { width: NODE_WIDTH, height: NODE_HEIGHT }));
  graph.edges.forEach((edge, i) => sheet.setEdge(edge.from, edge.to, edge.label ? { width: Math.min(edge.label.length, 22) * 6.2 + 10, height: 16, labelpos: "c" } : {}, String(i)));
  dagre.layout(sheet);
  const size = sheet.graph();
  return {
    nodes: graph.nodes.map((node) => ({ ...node, x: sheet.node(node.id).x, y: sheet.node(node.id).y })),
    edges: graph.edges.map((edge, i) => {
      const path = sheet.edge(edge.from, edge.to, String(i));
      return { ...edge, points: path.points, at: edge.label && path.x !== undefined && path.y !== undefined ? { x: path.x, y: path.y } : null };
    }),
    width: size.width ?? 0,
    height: size.height ?? 0,
  };
}

/** Below this share of its size a title is hard to read. */
const READABLE = 0.74;

export interface Fitted extends Placed {
  /** Of the picture, in pixels. */
  pictureHeight: number;
  scale: number;
}

/** Across where that stays readable, else down; the picture is as tall as it needs, up to a limit. */
export function layout(graph: FlowGraph, width: number, tallest: number): Fitted {
  const fit = (placed: Placed, height: number): number => Math.min(1, width / Math.max(1, placed.width), height / Math.max(1, placed.height));
  const across = lay(graph, "LR");
  const low = fit(across, tallest);
  const placed = low >= READABLE ? across : lay(graph, "TB");
  const scale = placed === across ? low : fit(placed, tallest);
  return { ...placed, scale, pictureHeight: Math.round(Math.min(tallest, Math.max(140, placed.height * scale + 8))) };
}

/** A title in at most two lines of so many characters; what is longer ends in an ellipsis. */
export function twoLines(title: string, room = 24): string[] {
  if (title.length <= room) return [title];
  const cut = title.lastIndexOf(" ", room);
  const first = title.slice(0, cut > 8 ? cut : room);
  const rest = title.slice(first.length).trim();
  return [first, rest.length > room ? `${rest.slice(0, room - 1)}…` : rest];
}
