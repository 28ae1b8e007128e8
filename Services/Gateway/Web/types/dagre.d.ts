/** The part of dagre 0.8 that is used here. */
declare module "dagre" {
  interface NodeBox {
    width: number;
    height: number;
    x: number;
    y: number;
  }
  interface EdgePath {
    points: { x: number; y: number }[];
    x?: number;
    y?: number;
  }
  class Graph {
    constructor(options?: { multigraph?: boolean });
    setGraph(options: { rankdir?: "TB" | "LR"; nodesep?: number; ranksep?: number; edgesep?: number; marginx?: number; marginy?: number }): void;
    graph(): { width?: number; height?: number };
    setNode(id: string, box: { width: number; height: number }): void;
    setEdge(from: string, to: string, label: { width?: number; height?: number; labelpos?: "c" | "l" | "r" }, name?: string): void;
    node(id: string): NodeBox;
    edge(from: string, to: string, name?: string): EdgePath;
  }
  const dagre: { graphlib: { Graph: typeof Graph }; layout(graph: Graph): void };
  export default dagre;
}
