import { useEffect, useState } from "react";
import { api } from "../api/client";
import { useSession } from "../app/SessionContext";
import { ReceiptReport, verifyReceipt } from "../proof/receipt";
import { Trust, trust } from "../proof/trust";

/** Per tenant: the keys, and what was verified already. Receipts never change, so a verdict that holds is kept. */
const keys = new Map<string, Promise<Trust>>();
const verdicts = new Map<string, ReceiptReport>();
const PARALLEL = 4;
const KEPT = 500;

export function trustOf(tenant: string): Promise<Trust> {
  const known = keys.get(tenant);
  if (known) return known;
  const asked = api.trust().then(async (source) => {
    const parsed = await trust(source);
    if (!parsed) throw new Error("trust file cannot be read");
    return parsed;
  });
  keys.set(tenant, asked);
  asked.catch(() => keys.delete(tenant));
  return asked;
}

async function verdict(tenant: string, id: string): Promise<ReceiptReport> {
  const known = verdicts.get(`${tenant}:${id}`);
  if (known) return known;
  const detail = await api.receipt(id);
  const report = await verifyReceipt(detail, await trustOf(tenant));
  if (report.ok) {
    if (verdicts.size >= KEPT) verdicts.delete(verdicts.keys().next().value as string);
    verdicts.set(`${tenant}:${id}`, report);
  }
  return report;
}

/** Fetches and verifies each receipt, a few at a time. */
export function useVerified(ids: readonly string[]): Map<string, ReceiptReport | null> {
  const tenant = useSession().tenant.id;
  const [reports, setReports] = useState(new Map<string, ReceiptReport | null>());
  const names = ids.join(" ");
  useEffect(() => {
    let gone = false;
    const queue = names ? names.split(" ") : [];
    const worker = async (): Promise<void> => {
      for (let id = queue.shift(); id && !gone; id = queue.shift()) {
        const name = id;
        const report = await verdict(tenant, name).catch(() => null);
        if (!gone) setReports((previous) => new Map(previous).set(name, report));
      }
    };
    for (let i = 0; i < PARALLEL; i++) void worker();
    return () => {
      gone = true;
    };
  }, [names, tenant]);
  return reports;
}
