import { hex } from "../proof/bytes";
import type { ReceiptReport } from "../proof/receipt";
import { strings } from "../strings";
import { treePicture } from "./treeLayout";

/** The Merkle path, drawn. Filled green is computed here; hollow blue was given by the log. */
export function ProofTree({ report }: { report: ReceiptReport }) {
  if (!report.proof) return null;
  const picture = treePicture(report.leafHash, report.steps);
  const holds = report.checks.find((check) => check.name === "inclusion")?.holds ?? false;
  const { index, checkpoint } = report.proof;
  return (
    <figure className="tree">
      <svg viewBox={`0 0 ${picture.width} ${picture.height}`} role="img" aria-label={strings.tree.label(index, checkpoint.size, report.steps.length, holds)}>
        {picture.lines.map((line, i) => (
          <line key={i} x1={line.from.x} y1={line.from.y} x2={line.to.x} y2={line.to.y} className={line.way ? "way" : ""} />
        ))}
        {picture.nodes.map((node, i) => {
          const left = node.leans === "left";
          const name = node.role === "root" ? strings.tree.root : node.role === "leaf" ? strings.tree.leaf : hex(node.hash).slice(0, 8);
          return (
            <g key={i} className={`${node.role} ${holds ? "" : "broken"}`}>
              <title>{`${strings.tree.role[node.role]} ${hex(node.hash)}`}</title>
              <circle cx={node.x} cy={node.y} r={node.role === "computed" || node.role === "sibling" ? 6.5 : 8} />
              <text x={node.role === "root" ? node.x + 14 : left ? node.x - 12 : node.x + 12} y={node.y + 3.5}
                textAnchor={node.role === "root" ? "start" : left ? "end" : "start"}>{name}</text>
            </g>
          );
        })}
      </svg>
      <figcaption className="row sm">
        <span className="legend computed">{strings.tree.computed}</span>
        <span className="legend sibling">{strings.tree.given}</span>
      </figcaption>
    </figure>
  );
}
