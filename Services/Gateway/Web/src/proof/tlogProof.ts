import { Bytes, fromBase64 } from "./bytes";
import { Checkpoint, checkpoint } from "./note";

/** `c2sp.org/tlog-proof@v1`: index, inclusion path and checkpoint of one entry, as one text. */
export interface LogProof {
  index: number;
  path: Bytes[];
  extra: Bytes | null;
  checkpoint: Checkpoint;
}

const HEADER = "c2sp.org/tlog-proof@v1";
/** A path of more than 63 hashes cannot belong to a 64-bit tree. */
const MAX_PATH = 63;

export function logProof(source: string): LogProof | null {
  const split = source.indexOf("\n\n");
  if (split < 0) return null;
  const lines = source.slice(0, split).split("\n");
  if (lines.shift() !== HEADER) return null;
  let extra: Bytes | null = null;
  if (lines[0] && lines[0].startsWith("extra ")) {
    extra = fromBase64((lines.shift() ?? "").slice(6));
    if (!extra) return null;
  }
  const index = /^index (0|[1-9][0-9]{0,15})$/.exec(lines.shift() ?? "");
  if (!index || lines.length > MAX_PATH) return null;
  const path: Bytes[] = [];
  for (const line of lines) {
    const hash = fromBase64(line);
    if (!hash || hash.length !== 32) return null;
    path.push(hash);
  }
  const parsed = checkpoint(source.slice(split + 2));
  return parsed && { index: Number(index[1]), path, extra, checkpoint: parsed };
}
