import { line, curveBasis } from "d3-shape";
import { select } from "d3-selection";
import { Zoom, zoom, zoomIdentity, zoomTransform } from "d3-zoom";
import { KeyboardEvent, useCallback, useEffect, useMemo, useRef, useState } from "react";
import type { Step } from "../api/model";
import { FlowGraph, usualCourse } from "../flows/graph";
import { Button } from "../design/Button";
import { strings } from "../strings";
import { Fitted, NODE_HEIGHT, NODE_WIDTH, PlacedNode, layout, twoLines } from "./layout";
import { statesByNode, taken } from "./stepStates";

interface Props {
  graph: FlowGraph;
  steps?: readonly Step[];
  /** Nodes that a validator complains about. */
  wrong?: ReadonlySet<string>;
  /** Pixels that it may grow to. */
  tallest?: number;
  label: string;
  onNode?: (id: string) => void;
}

const path = line<{ x: number; y: number }>().x((p) => p.x).y((p) => p.y).curve(curveBasis);

const NO_STEPS: readonly Step[] = [];
const NONE: ReadonlySet<string> = new Set();

/** The flow as a graph: pan by drag, zoom by wheel with Ctrl held or by the buttons. The steps below say the same in words. */
export function FlowPicture({ graph, steps = NO_STEPS, wrong = NONE, tallest = 560, label, onNode }: Props) {
  const svg = useRef<SVGSVGElement>(null);
  const scene = useRef<SVGGElement>(null);
  const behaviour = useRef<Zoom<SVGSVGElement> | null>(null);
  const [width, setWidth] = useState(0);
  const [all, setAll] = useState(false);
  const states = useMemo(() => statesByNode(steps), [steps]);
  const usual = useMemo(() => usualCourse(graph, (edge) => taken(edge, states), new Set([...states.keys(), ...wrong])), [graph, states, wrong]);
  const hides = usual.edges.length < graph.edges.length;
  const placed = useMemo<Fitted | null>(() => (width > 0 ? layout(all ? graph : usual, width, tallest) : null), [graph, usual, all, width, tallest]);
  const height = placed?.pictureHeight ?? 300;

  useEffect(() => {
    const element = svg.current;
    if (!element) return undefined;
    const observer = new ResizeObserver(([entry]) => setWidth(Math.round(entry.contentRect.width)));
    observer.observe(element);
    const zooming = zoom<SVGSVGElement>().scaleExtent([0.2, 2]).filter(() => {
      const source = window.event as (MouseEvent & WheelEvent) | undefined;
      return !source || (source.type === "wheel" ? source.ctrlKey : !source.button);
    });
    zooming.on("zoom", () => scene.current?.setAttribute("transform", String(zoomTransform(element))));
    select(element).call(zooming);
    behaviour.current = zooming;
    return () => observer.disconnect();
  }, []);

  const fit = useCallback(() => {
    if (!svg.current || !behaviour.current || !placed || width === 0) return;
    const k = placed.scale;
    const target = zoomIdentity.translate((width - placed.width * k) / 2, (height - placed.height * k) / 2).scale(k);
    behaviour.current.transform(select(svg.current), target);
  }, [placed, width, height]);
  useEffect(fit, [fit]);
  const by = (k: number): void => {
    if (svg.current) behaviour.current?.scaleBy(select(svg.current), k);
  };

  return (
    <div className="picture">
      <svg ref={svg} height={height} width="100%" role="group" aria-label={label}>
        <g ref={scene}>
          {placed?.edges.map((edge, i) => (
            <g key={i} className={taken(edge, states) ? "edge taken" : steps.length ? "edge later" : "edge"}>
              <path d={path(edge.points) ?? ""} />
              <circle cx={edge.points[edge.points.length - 1].x} cy={edge.points[edge.points.length - 1].y} r="3" />
              {edge.at ? <text x={edge.at.x} y={edge.at.y + 3.5} textAnchor="middle">{edge.label.length > 22 ? `${edge.label.slice(0, 21)}…` : edge.label}</text> : null}
            </g>
          ))}
          {placed?.nodes.map((node) => <Node key={node.id} node={node} step={states.get(node.id)} run={steps.length > 0} wrong={wrong.has(node.id)} onNode={onNode} />)}
        </g>
      </svg>
      <div className="picture-tools" role="group" aria-label={strings.graph.tools}>
        {hides ? <Button small aria-pressed={all} onClick={() => setAll(!all)}>{strings.graph.all}</Button> : null}
        <Button small icon="minus" aria-label={strings.graph.out} onClick={() => by(1 / 1.3)} />
        <Button small icon="plus" aria-label={strings.graph.in} onClick={() => by(1.3)} />
        <Button small icon="fit" aria-label={strings.graph.fit} onClick={fit} />
      </div>
    </div>
  );
}

function Node({ node, step, run, wrong, onNode }: { node: PlacedNode; step?: Step; run: boolean; wrong: boolean; onNode?: (id: string) => void }) {
  const state = step ? strings.step.tone(step.state) : run ? "later" : "plain";
  const lines = twoLines(node.title);
  const word = step ? strings.step.state(step.state) : run ? strings.step.notReached : "";
  const name = `${strings.node(node.type)}: ${node.title}${word ? `, ${word}` : ""}`;
  const press = onNode && (step || !run) ? { role: "button", tabIndex: 0, onClick: () => onNode(node.id), onKeyDown: (event: KeyboardEvent) => (event.key === "Enter" || event.key === " ") && (event.preventDefault(), onNode(node.id)) } : { role: "img" };
  return (
    <g className={`node ${state} ${wrong ? "wrong" : ""}`} transform={`translate(${node.x - NODE_WIDTH / 2} ${node.y - NODE_HEIGHT / 2})`} aria-label={name} {...press}>
      <rect width={NODE_WIDTH} height={NODE_HEIGHT} rx="8" />
      <rect className="edgebar" width="4" height={NODE_HEIGHT - 16} x="0" y="8" rx="2" />
      <text className="type" x="14" y="17">{strings.node(node.type)}</text>
      {word ? <text className="word" x={NODE_WIDTH - 10} y="17" textAnchor="end">{word}</text> : null}
      {lines.map((text, i) => <text key={i} className="title" x="14" y={lines.length === 1 ? 35 : 33 + i * 15}>{text}</text>)}
      {lines.length === 1 && node.detail ? <text className="detail" x="14" y="50">{node.detail.length > 26 ? `${node.detail.slice(0, 25)}…` : node.detail}</text> : null}
    </g>
  );
}
