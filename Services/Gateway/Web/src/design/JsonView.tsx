import type { Json } from "../proof/jcs";
import { tokens } from "../flows/highlight";
import { Scroll } from "./Scroll";

/** JSON as it is, indented, with quiet colours. */
export function JsonView({ value, label }: { value: Json; label: string }) {
  const source = JSON.stringify(value, null, 2);
  return (
    <Scroll className="json" label={label}>
      <code>
        {tokens(source, "json").map((token, i) => (token.kind ? <span key={i} className={token.kind}>{token.text}</span> : token.text))}
      </code>
    </Scroll>
  );
}
