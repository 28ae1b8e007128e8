/** One stroke set on a 16 px grid. Decorative: the word beside it carries the meaning. */
const paths = {
  inbox: "M2.5 9.5h3l1 2h3l1-2h3M2.5 9.5v3a1 1 0 0 0 1 1h9a1 1 0 0 0 1-1v-3M2.5 9.5l1.8-6a1 1 0 0 1 1-.7h5.4a1 1 0 0 1 1 .7l1.8 6",
  runs: "M5 3.2v9.6l8-4.8z",
  flows: "M3 2.5h4v3H3zM9 10.5h4v3H9zM5 5.5v4a2.5 2.5 0 0 0 2.5 2.5H9M11 10.500V4H7",
  receipts: "M3.500 2v12l1.500-1 1.500 1 1.500-1 1.500 1 1.500-1 1.500 1V2l-1.500 1-1.500-1-1.500 1-1.500-1-1.500 1zM6 6h4M6 9h4",
  policies: "M8 1.800l5 2v4c0 3.200-2 5.500-5 6.500-3-1-5-3.300-5-6.500v-4zM5.800 8l1.600 1.600L10.400 6.500",
  connections: "M6 10l4-4M7 4.500l1.500-1.500a3 3 0 0 1 4.300 4.300L11.300 8.800M9 11.500l-1.500 1.500a3 3 0 0 1-4.300-4.300L4.700 7.200",
  costs: "M2.500 13.500h11M4 11V8M7 11V4M10 11V6.500M13 11V3",
  copilot: "M8 2l1.400 3.900L13.500 7.300 9.400 8.700 8 12.700 6.600 8.700 2.500 7.300l4.100-1.400zM13 11.500v2.500M11.800 12.800h2.400",
  sun: "M8 5.200a2.800 2.800 0 1 0 0 5.600 2.800 2.800 0 0 0 0-5.600M8 1.500v1.400M8 13.100v1.400M1.500 8h1.400M13.100 8h1.400M3.400 3.400l1 1M11.600 11.600l1 1M3.400 12.600l1-1M11.600 4.400l1-1",
  moon: "M13.300 9.600A5.600 5.600 0 0 1 6.400 2.700 5.600 5.600 0 1 0 13.300 9.600",
  out: "M6.500 2.500h-3a1 1 0 0 0-1 1v9a1 1 0 0 0 1 1h3M10 11l3-3-3-3M13 8H6",
  menu: "M2.500 4.500h11M2.500 8h11M2.500 11.500h11",
  close: "M4 4l8 8M12 4l-8 8",
  chevron: "M6 3.500L10.500 8 6 12.500",
  down: "M4 6l4 4 4-4",
  check: "M3 8.500l3.200 3.200L13 4.800",
  cross: "M4.500 4.500l7 7M11.500 4.500l-7 7",
  clock: "M8 2.200a5.800 5.800 0 1 0 0 11.600A5.800 5.800 0 0 0 8 2.200M8 5v3.200l2.200 1.300",
  download: "M8 2.500v7.500M5 7.200L8 10.200l3-3M2.800 12.800h10.400",
  plus: "M8 3v10M3 8h10",
  minus: "M3 8h10",
  fit: "M2.500 6V3.500a1 1 0 0 1 1-1H6M10 2.500h2.500a1 1 0 0 1 1 1V6M13.500 10v2.500a1 1 0 0 1-1 1H10M6 13.500H3.500a1 1 0 0 1-1-1V10",
  file: "M4 1.800h5l3.500 3.500v8.900H4zM9 1.800v3.500h3.500",
  warn: "M8 2.300l6.200 11H1.800zM8 6.500v3M8 11.300v.2",
  back: "M9.500 3.500L5 8l4.500 4.500",
  search: "M7 2.500a4.500 4.500 0 1 0 0 9 4.500 4.500 0 0 0 0-9M10.300 10.300L13.500 13.500",
} as const;

export type IconName = keyof typeof paths;

export function Icon({ name, size = 16, className }: { name: IconName; size?: number; className?: string }) {
  return (
    <svg className={className} viewBox="0 0 16 16" width={size} height={size} fill="none" stroke="currentColor" strokeWidth={1.5}
      strokeLinecap="round" strokeLinejoin="round" aria-hidden="true" focusable="false">
      <path d={paths[name]} />
    </svg>
  );
}
