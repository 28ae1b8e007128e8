import { api } from "../api/client";
import { Problem } from "../api/problem";
import { useResource } from "../api/resource";
import { useSession } from "../app/SessionContext";
import { useToast } from "../app/Toasts";
import { Button } from "../design/Button";
import { Card } from "../design/Card";
import { Chip } from "../design/Chip";
import { Await, Skeleton } from "../design/States";
import { strings } from "../strings";

/** How policies come into force here. */
export function Rules({ reload: reloadAll }: { reload: () => void }) {
  const session = useSession();
  const toast = useToast();
  const { resource, reload } = useResource(`policy-settings:${session.tenant.id}`, (signal) => api.policySettings(signal), ["policy."]);
  const text = strings.policyHistory;
  const admin = session.roles.includes("admin");
  return (
    <Card title={text.rules}>
      <Await resource={resource} retry={reload} skeleton={<Skeleton shape="text" />}>
        {(rules) => {
          const change = (): void => {
            const body = { two_person: !rules.two_person, tighten_automatically: rules.tighten_automatically, replay_seconds: rules.replay_seconds };
            api.putPolicySettings(body).then(
              (answer) => toast(text.ruleState(answer.state)),
              (cause: unknown) => toast(cause instanceof Problem ? strings.problem(cause.status, cause.code, cause.detail).detail : ""),
            ).finally(() => (reload(), reloadAll()));
          };
          return (
            <div className="stack">
              <dl className="kv sm">
                <dt>{text.twoPerson}</dt><dd><Chip tone={rules.two_person ? "ok" : "plain"}>{rules.two_person ? text.on : text.off}</Chip> <span className="mut">{text.twoPersonHint}</span></dd>
                <dt>{text.replayBefore}</dt><dd>{text.replaySpan(Math.round(rules.replay_seconds / 86_400))}</dd>
                <dt>{text.tighten}</dt><dd>{rules.tighten_automatically ? text.on : text.off}</dd>
              </dl>
              <p><Button small blocked={admin ? null : strings.policies.adminOnly} onClick={change}>{rules.two_person ? text.turnOff : text.turnOn}</Button></p>
            </div>
          );
        }}
      </Await>
    </Card>
  );
}
