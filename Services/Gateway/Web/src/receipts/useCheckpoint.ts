import { useEffect, useState } from "react";
import type { CheckpointInfo } from "../api/model";
import { useSession } from "../app/SessionContext";
import { checkpoint, signedBy } from "../proof/note";
import { hex } from "../proof/bytes";
import { trustOf } from "./useVerified";

export type CheckpointState = "checking" | "holds" | "fails";

/** The log's head, held against the key that the trust file names for this log. */
export function useCheckpoint(info: CheckpointInfo): CheckpointState {
  const tenant = useSession().tenant.id;
  const [state, setState] = useState<CheckpointState>("checking");
  useEffect(() => {
    let gone = false;
    const check = async (): Promise<boolean> => {
      const head = checkpoint(info.checkpoint);
      const keys = (head && (await trustOf(tenant)).logs.get(head.origin)) || [];
      if (!head || head.size !== info.tree_size || hex(head.root) !== info.root) return false;
      for (const key of keys) if (await signedBy(head.note, key)) return true;
      return false;
    };
    check().then((holds) => gone || setState(holds ? "holds" : "fails"), () => gone || setState("fails"));
    return () => {
      gone = true;
    };
  }, [info, tenant]);
  return state;
}
