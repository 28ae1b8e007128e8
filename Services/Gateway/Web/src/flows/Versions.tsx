import type { Flow } from "../api/model";
import { When } from "../app/When";
import { Link } from "../app/router";
import { Card } from "../design/Card";
import { Chip } from "../design/Chip";
import { Digest } from "../design/Digest";
import { strings } from "../strings";

export function Versions({ flow }: { flow: Flow }) {
  return (
    <Card title={strings.flows.versions}>
      <ol className="versions">
        {flow.versions.map((version) => (
          <li key={version.version_id} aria-current={version.version_id === flow.flow.version_id ? "true" : undefined}>
            <p className="row">
              <Link className="link strong" to={`/flows/${encodeURIComponent(version.name)}?version=${version.version_id}`}>v{version.version_number}</Link>
              <Chip tone={version.state === "published" ? "ok" : "wait"}>{strings.flows.state(version.state)}</Chip>
              <span className="push"><Digest hex={version.version_id} /></span>
            </p>
            {version.note ? <p className="sm">{version.note}</p> : null}
            <p className="sm dim">{version.published_by} {version.published_at ? <When time={version.published_at} ago /> : null}</p>
          </li>
        ))}
      </ol>
    </Card>
  );
}
