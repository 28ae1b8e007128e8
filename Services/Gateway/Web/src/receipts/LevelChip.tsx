import { Chip } from "../design/Chip";
import type { ReceiptReport } from "../proof/receipt";
import { strings } from "../strings";

/** What this browser found out, in one word; undefined while it is at it, null where the bytes could not be had. */
export function LevelChip({ report }: { report: ReceiptReport | null | undefined }) {
  if (report === undefined) return <Chip>{strings.receipt.checking}</Chip>;
  if (report === null) return <Chip tone="wait">{strings.receipt.unreachable}</Chip>;
  return report.ok ? <Chip tone="ok" icon="check">{strings.receipt.level(report.level)}</Chip> : <Chip tone="bad" icon="cross">{strings.receipt.level(report.level)}</Chip>;
}
