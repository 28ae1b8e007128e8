import { useState } from "react";
import type { ReceiptDetail } from "../api/model";
import { useSession } from "../app/SessionContext";
import { Button } from "../design/Button";
import { Card } from "../design/Card";
import { ReceiptReport, verifyReceipt } from "../proof/receipt";
import { strings } from "../strings";
import { Checks } from "./Checks";
import { TamperKind, tampered } from "./tampering";
import { trustOf } from "./useVerified";

/** Lets a doubter change one byte of a copy and watch which check breaks. */
export function Tamper({ detail }: { detail: ReceiptDetail }) {
  const tenant = useSession().tenant.id;
  const [shown, setShown] = useState<{ kind: TamperKind; report: ReceiptReport } | null>(null);
  const attempt = async (kind: TamperKind): Promise<void> => {
    const report = await verifyReceipt(tampered(detail, kind), await trustOf(tenant));
    setShown({ kind, report });
  };
  return (
    <Card title={strings.tamper.title} tone={shown ? "bad" : undefined}>
      <div className="stack">
        <p className="mut">{strings.tamper.lede}</p>
        <div className="row">
          {(["payload", "leaf", "path"] as const).map((kind) => (
            <Button key={kind} small aria-pressed={shown?.kind === kind} onClick={() => void attempt(kind)}>{strings.tamper.kind[kind]}</Button>
          ))}
        </div>
        <div role="status">
          {shown ? <div className="stack tight"><p><b>{strings.tamper.caught(shown.report.ok)}</b></p><Checks report={shown.report} /></div> : null}
        </div>
      </div>
    </Card>
  );
}
