/** The parts of d3 5 that are used here; Debian's packages carry no types. */
declare module "d3-shape" {
  interface Line<T> {
    (data: T[]): string | null;
    x(get: (datum: T) => number): Line<T>;
    y(get: (datum: T) => number): Line<T>;
    defined(get: (datum: T) => boolean): Line<T>;
    curve(curve: unknown): Line<T>;
  }
  interface Area<T> {
    (data: T[]): string | null;
    x(get: (datum: T) => number): Area<T>;
    y0(get: (datum: T) => number): Area<T>;
    y1(get: (datum: T) => number): Area<T>;
    defined(get: (datum: T) => boolean): Area<T>;
    curve(curve: unknown): Area<T>;
  }
  export function line<T>(): Line<T>;
  export function area<T>(): Area<T>;
  export const curveBasis: unknown;
  export const curveMonotoneX: unknown;
}
declare module "d3-scale" {
  interface Scale<D> {
    (value: D): number;
    domain(values: D[]): Scale<D>;
    range(values: number[]): Scale<D>;
    nice(count?: number): Scale<D>;
    ticks(count: number): D[];
    tickFormat(count?: number): (value: D) => string;
    invert(value: number): D;
  }
  export function scaleLinear(): Scale<number>;
  export function scaleTime(): Scale<Date>;
}
declare module "d3-selection" {
  interface Selection<E extends Element> {
    call(run: (selection: Selection<E>, ...args: never[]) => void, ...args: unknown[]): Selection<E>;
    on(type: string, listener: null): Selection<E>;
  }
  export function select<E extends Element>(element: E): Selection<E>;
  export const event: unknown;
}
declare module "d3-zoom" {
  import type { Selection } from "d3-selection";
  export interface Transform {
    k: number;
    x: number;
    y: number;
    translate(x: number, y: number): Transform;
    scale(k: number): Transform;
  }
  export interface Zoom<E extends Element> {
    (selection: Selection<E>): void;
    scaleExtent(extent: [number, number]): Zoom<E>;
    filter(accept: () => boolean): Zoom<E>;
    on(type: "zoom", listener: () => void): Zoom<E>;
    transform(selection: Selection<E>, transform: Transform): void;
    scaleBy(selection: Selection<E>, k: number): void;
  }
  export function zoom<E extends Element>(): Zoom<E>;
  export function zoomTransform(element: Element): Transform;
  export const zoomIdentity: Transform;
}
declare module "*.css";
