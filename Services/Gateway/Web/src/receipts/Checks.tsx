import { Icon } from "../design/Icon";
import type { ReceiptReport } from "../proof/receipt";
import { strings } from "../strings";

/** Each thing that was checked, in the order in which trust travels: signer, leaf, tree, log. */
export function Checks({ report }: { report: ReceiptReport }) {
  return (
    <ol className="checks">
      {report.checks.map((check) => {
        const text = strings.check(check.name, check.holds, report.signer);
        return (
          <li key={check.name} className={check.holds ? "holds" : "fails"}>
            <Icon name={check.holds ? "check" : "cross"} />
            <div>
              <p className="strong">{text.title}</p>
              <p className="sm mut">{text.detail}</p>
            </div>
            <span className="mono sm dim">{check.detail}</span>
          </li>
        );
      })}
    </ol>
  );
}
