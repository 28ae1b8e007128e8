import type { Published } from "../api/model";
import { sentence } from "../app/format";
import { Link } from "../app/router";
import { Button } from "../design/Button";
import { Card } from "../design/Card";
import { Chip } from "../design/Chip";
import { Digest } from "../design/Digest";
import { LevelChip } from "../receipts/LevelChip";
import { useVerified } from "../receipts/useVerified";
import { strings } from "../strings";

const tones = { published: "ok", "awaiting-approval": "wait", refused: "bad" } as const;

/** What became of a publish: the receipt it left, verified, or the person it waits for, or why not. */
export function PublishResult({ result, onClose }: { result: Published; onClose: () => void }) {
  const tone = tones[result.state as keyof typeof tones] ?? "bad";
  const reports = useVerified(result.receipt_id ? [result.receipt_id] : []);
  return (
    <Card title={strings.publish.state(result.state)} tone={tone} aside={<Button small look="ghost" icon="close" aria-label={strings.close} onClick={onClose} />}>
      <div className="stack tight" role="status">
        <p>{sentence(result.reason)}</p>
        <div className="row">
          <Chip tone={tone}>{strings.flows.state(result.state)}</Chip>
          {result.version_id ? <span className="dim sm">{strings.publish.version} <Digest hex={result.version_id} /></span> : null}
          {result.receipt_id ? <><Link className="link" to={`/receipts/${result.receipt_id}`}>{strings.publish.receipt}</Link><LevelChip report={reports.get(result.receipt_id)} /></> : null}
          {result.task_id ? <Link className="link" to={`/inbox?item=${result.task_id}`}>{strings.publish.task}</Link> : null}
        </div>
      </div>
    </Card>
  );
}
