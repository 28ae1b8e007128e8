import { useToast } from "../app/Toasts";
import { UNKNOWN, digestEnds } from "../app/format";
import { strings } from "../strings";

/** A digest's two ends; pressing it copies all of it. */
export function Digest({ hex, label = strings.digest }: { hex: string | null; label?: string }) {
  const toast = useToast();
  if (!hex) return <>{UNKNOWN}</>;
  const copy = (): void => {
    void navigator.clipboard?.writeText(hex).then(() => toast(strings.copied(label)));
  };
  return (
    <button type="button" className="digest" title={hex} onClick={copy} aria-label={`${strings.copy} ${label} ${digestEnds(hex)}`}>
      {digestEnds(hex)}
    </button>
  );
}
