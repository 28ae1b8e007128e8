import { scaleLinear, scaleTime } from "d3-scale";
import { area, curveMonotoneX, line } from "d3-shape";
import { PointerEvent, useEffect, useMemo, useRef, useState } from "react";
import type { CostPoint, CostSeries } from "../api/model";
import { day, micros, millis, money } from "../app/format";
import { Chip } from "../design/Chip";
import { Fold } from "../design/Fold";
import { Scroll } from "../design/Scroll";
import { strings } from "../strings";
import { BandPoint, anomalousSpans, band } from "./band";

const HEIGHT = 220;
const EDGE = { top: 12, right: 16, bottom: 24, left: 64 };

/** One series: what it cost, what was expected of it, and where the detector called it an anomaly. */
export function Chart({ series }: { series: CostSeries }) {
  const box = useRef<HTMLDivElement>(null);
  const [width, setWidth] = useState(0);
  const [hover, setHover] = useState<CostPoint | null>(null);
  const { points } = series;
  useEffect(() => {
    if (!box.current) return undefined;
    const observer = new ResizeObserver(([entry]) => setWidth(Math.round(entry.contentRect.width)));
    observer.observe(box.current);
    return () => observer.disconnect();
  }, []);
  const expected = useMemo(() => band(points), [points]);
  const name = `${series.service} · ${series.meter}`;
  const times = points.map((point) => millis(point.at));
  const top = Math.max(...points.map((point) => micros(point.cost)), ...expected.map((point) => point.high), 1);
  const x = scaleTime().domain([new Date(times[0]), new Date(times[times.length - 1])]).range([EDGE.left, Math.max(EDGE.left + 1, width - EDGE.right)]);
  const y = scaleLinear().domain([0, top]).nice(4).range([HEIGHT - EDGE.bottom, EDGE.top]);
  const at = (time: number): number => x(new Date(time));
  const spent = line<CostPoint>().x((point) => at(millis(point.at))).y((point) => y(micros(point.cost))).curve(curveMonotoneX)(points) ?? "";
  const middle = line<CostPoint>().defined((point) => point.expected !== null).x((point) => at(millis(point.at))).y((point) => y(micros(point.expected))).curve(curveMonotoneX)(points) ?? "";
  const shade = area<BandPoint>().x((point) => at(point.at)).y0((point) => y(point.low)).y1((point) => y(point.high)).curve(curveMonotoneX)(expected) ?? "";
  const half = (times[times.length - 1] - times[0]) / (points.length - 1) / 2;
  const follow = (event: PointerEvent<SVGSVGElement>): void => {
    const time = x.invert(event.clientX - event.currentTarget.getBoundingClientRect().left).getTime();
    const nearest = times.reduce((best, each, i) => (Math.abs(each - time) < Math.abs(times[best] - time) ? i : best), 0);
    setHover(points[nearest]);
  };
  const currency = series.total?.currency ?? "USD";
  return (
    <div className="chart" ref={box}>
      {width > 0 ? (
        <svg width={width} height={HEIGHT} role="img" aria-label={strings.costs.chart(name, money(series.total), points.filter((point) => point.anomalous).length)} onPointerMove={follow} onPointerLeave={() => setHover(null)}>
          {y.ticks(4).map((tick) => (
            <g key={tick} className="tick">
              <line x1={EDGE.left} x2={width - EDGE.right} y1={y(tick)} y2={y(tick)} />
              <text x={EDGE.left - 8} y={y(tick) + 4} textAnchor="end">{money({ micros: tick, currency }).replace(` ${currency}`, "")}</text>
            </g>
          ))}
          {x.ticks(Math.max(2, Math.floor(width / 130))).map((tick) => <text key={tick.getTime()} className="tick" x={x(tick)} y={HEIGHT - 6} textAnchor="middle">{day(tick.toISOString(), times[times.length - 1])}</text>)}
          {anomalousSpans(points).map((span) => <rect key={span.from} className="anomaly" x={Math.max(EDGE.left, at(span.from - half))} width={Math.max(3, at(span.to + half) - at(span.from - half))} y={EDGE.top} height={HEIGHT - EDGE.bottom - EDGE.top} />)}
          <path className="band" d={shade} />
          <path className="expected" d={middle} />
          <path className="spent" d={spent} />
          {points.filter((point) => point.anomalous).map((point) => <circle key={point.at} className="spike" cx={at(millis(point.at))} cy={y(micros(point.cost))} r="3.5" />)}
          {hover ? <line className="cursor" x1={at(millis(hover.at))} x2={at(millis(hover.at))} y1={EDGE.top} y2={HEIGHT - EDGE.bottom} /> : null}
        </svg>
      ) : <div className="bone block" />}
      <p className="row sm chart-foot">
        <span className="legend spent">{strings.costs.spent}</span><span className="legend expected">{strings.costs.expected}</span><span className="legend band">{strings.costs.band}</span><span className="legend anomaly">{strings.costs.anomaly}</span>
        <span className="push dim">{hover ? <>{day(hover.at, Date.now())}: <b>{money(hover.cost)}</b>{hover.expected ? strings.costs.against(money(hover.expected)) : ""} {hover.anomalous ? <Chip tone="bad">{strings.costs.anomaly}</Chip> : null}</> : null}</span>
      </p>
      <Fold title={strings.costs.asTable}><PointTable points={points} name={name} /></Fold>
    </div>
  );
}

/** The same figures for who cannot, or would rather not, read a picture. */
function PointTable({ points, name }: { points: readonly CostPoint[]; name: string }) {
  return (
    <Scroll label={name} className="scroll low">
      <table>
        <caption className="hush">{name}</caption>
        <thead><tr><th scope="col">{strings.cols.time}</th><th scope="col" className="num">{strings.costs.spent}</th><th scope="col" className="num">{strings.costs.expected}</th><th scope="col">{strings.cols.state}</th></tr></thead>
        <tbody>
          {[...points].reverse().slice(0, 200).map((point) => (
            <tr key={point.at}><td>{day(point.at, Date.now())}</td><td className="num">{money(point.cost)}</td><td className="num">{point.expected ? money(point.expected) : "—"}</td><td>{point.anomalous ? <Chip tone="bad">{strings.costs.anomaly}</Chip> : strings.costs.usual}</td></tr>
          ))}
        </tbody>
      </table>
    </Scroll>
  );
}
