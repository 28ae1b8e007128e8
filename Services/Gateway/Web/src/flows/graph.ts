import { label } from "../app/format";
import { Json, isObject } from "../proof/jcs";

export interface FlowNode {
  id: string;
  type: string;
  title: string;
  /** The operation of a call, the role of an approval, what starts a trigger. */
  detail: string;
}

export interface FlowEdge {
  from: string;
  /** As the engine names it: `success`, `branch:1`, `otherwise`, `next`. */
  port: string;
  /** As a person reads it; empty where the port says nothing. */
  label: string;
  to: string;
  /** Begins a branch or a body, which the node itself outlives. */
  entersBody?: boolean;
}

export interface FlowGraph {
  nodes: FlowNode[];
  edges: FlowEdge[];
}

type Members = { [key: string]: Json };

const string = (value: Json | undefined): string => (typeof value === "string" ? value : "");

/** Expressions stand in `${ … }` in titles; the picture shows the words around them. */
const title = (node: Members, id: string): string => string(node.title).replace(/\$\{[^}]*\}/g, "…") || label(id);

function detail(node: Members): string {
  if (isObject(node.trigger)) return [node.trigger.connector, node.trigger.event, node.trigger.every].filter((each) => typeof each === "string").join(" ") || string(node.trigger.kind);
  return string(node.operation) || string(node.role) || string(node.event) || string(node.for) || string(node.outcome);
}

const listed = (nodes: Json | undefined): [string, Members][] =>
  Array.isArray(nodes) ? nodes.filter(isObject).map((node) => [string(node.id), node]) : [];

/** Every way out of a node, by the port's name. */
function ways(node: Members): Omit<FlowEdge, "from">[] {
  const found: Omit<FlowEdge, "from">[] = [];
  if (typeof node.next === "string") found.push({ port: "next", label: "", to: node.next });
  if (Array.isArray(node.branches)) {
    node.branches.filter(isObject).forEach((branch, i) => found.push({
      port: `branch:${i + 1}`, label: string(branch.title) || string(branch.when), to: string(branch.next), ...(node.type === "parallel" ? { entersBody: true } : {}),
    }));
  }
  if (typeof node.do === "string") found.push({ port: "do", label: string(node.as) || "item", to: node.do, entersBody: true });
  if (typeof node.otherwise === "string") found.push({ port: "otherwise", label: "otherwise", to: node.otherwise });
  if (isObject(node.on)) {
    for (const [port, to] of Object.entries(node.on)) if (typeof to === "string") found.push({ port, label: port === "success" ? "" : port, to });
  }
  return found;
}

/**
 * The drawing of a flow document. A draft is drawn as far as it can be read: what is missing or wrong
 * is the validator's to say, never a reason to draw nothing.
 */
export function flowGraph(document: Json): FlowGraph {
  if (!isObject(document)) return { nodes: [], edges: [] };
  const source = listed(document.nodes).filter(([id]) => id !== "");
  const known = new Set(source.map(([id]) => id));
  return {
    nodes: source.map(([id, node]) => ({ id, type: string(node.type), title: title(node, id), detail: detail(node) })),
    edges: source.flatMap(([from, node]) => ways(node).filter((way) => known.has(way.to)).map((way) => ({ from, ...way }))),
  };
}

/** Ports that a story about the usual course does not follow. */
const exceptional = /^(error|timeout|denied)$/;
/** Nodes at which the course is decided elsewhere: by a person, by data, by time. */
const pauses = /^(decide|approve|task|wait|end)$/;

/** What follows when a node is left by a port: the steps up to and with the next fork, person or end. */
export function consequences(graph: FlowGraph, from: string, port: string): FlowNode[] {
  const found: FlowNode[] = [];
  const seen = new Set([from]);
  let edge = graph.edges.find((each) => each.from === from && each.port === port);
  while (edge && !seen.has(edge.to)) {
    const to = edge.to;
    const node = graph.nodes.find((each) => each.id === to);
    if (!node) break;
    seen.add(to);
    found.push(node);
    edge = pauses.test(node.type) ? undefined : graph.edges.find((each) => each.from === to && !exceptional.test(each.port));
  }
  return found;
}

/** What is hoped for first, then what a person can say, then what may befall. */
const portOrder = ["success", "approved", "completed", "event", "elapsed", "next", "denied", "rejected", "timeout", "error"];

/** Ports by which a node can be left. */
export function portsOf(graph: FlowGraph, id: string): string[] {
  const rank = (port: string): number => (portOrder.includes(port) ? portOrder.indexOf(port) : portOrder.indexOf("next"));
  return graph.edges.filter((edge) => edge.from === id).map((edge) => edge.port).sort((a, b) => rank(a) - rank(b));
}

/**
 * The usual course only: ways out that nobody hopes for are left away, with what only they lead to.
 * What a run took, what is wrong in a draft and what nothing leads to always stays.
 */
export function usualCourse(graph: FlowGraph, keep: (edge: FlowEdge) => boolean, kept: ReadonlySet<string>): FlowGraph {
  const edges = graph.edges.filter((edge) => !exceptional.test(edge.port) || keep(edge));
  const entered = new Set(graph.edges.map((edge) => edge.to));
  const reached = new Set(graph.nodes.filter((node) => !entered.has(node.id) || kept.has(node.id)).map((node) => node.id));
  for (let grew = true; grew; ) {
    const next = edges.filter((edge) => reached.has(edge.from) && !reached.has(edge.to));
    next.forEach((edge) => reached.add(edge.to));
    grew = next.length > 0;
  }
  return { nodes: graph.nodes.filter((node) => reached.has(node.id)), edges: edges.filter((edge) => reached.has(edge.from) && reached.has(edge.to)) };
}
