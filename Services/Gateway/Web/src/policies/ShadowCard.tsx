import { api } from "../api/client";
import type { Shadow } from "../api/model";
import { useSession } from "../app/SessionContext";
import { count } from "../app/format";
import { Link } from "../app/router";
import { Button } from "../design/Button";
import { Card } from "../design/Card";
import { Chip } from "../design/Chip";
import { Digest } from "../design/Digest";
import { Icon } from "../design/Icon";
import { strings } from "../strings";

export function ShadowCard({ shadow, reload }: { shadow: Shadow; reload: () => void }) {
  const session = useSession();
  const text = strings.shadow;
  if (!shadow.digest) return <Card title={text.title}><p className="mut">{text.none}</p></Card>;
  const differing = shadow.matrix.filter((pair) => pair.enforced !== pair.other).reduce((sum, pair) => sum + pair.count, 0);
  return (
    <Card title={text.title} note={<Digest hex={shadow.digest} />}
      aside={session.roles.includes("admin") ? <Button small look="ghost" onClick={() => void api.setShadow(null).finally(reload)}>{strings.policyHistory.endShadow}</Button> : null}>
      <div className="stack tight">
        <p>{differing === 0 ? text.same : text.differs(count(differing))}{shadow.failed > 0 ? ` · ${text.failed(count(shadow.failed))}` : ""}</p>
        {shadow.divergences.length > 0 ? <h3>{text.newest}</h3> : null}
        <ul className="stack tight">
          {shadow.divergences.slice(0, 8).map((each) => (
            <li key={each.decision_id} className="example">
              <p className="row">
                <Chip tone={strings.policies.tone(each.enforced)}>{strings.policies.verdict(each.enforced)}</Chip><Icon name="chevron" size={11} />
                <Chip tone={strings.policies.tone(each.shadow)}>{strings.policies.verdict(each.shadow)}</Chip>
              </p>
              <p className="sm"><Link className="link mono" to={`/decisions/${each.decision_id}`}>{each.action}</Link> <span className="dim wrap">{each.principal}</span></p>
            </li>
          ))}
        </ul>
      </div>
    </Card>
  );
}
