import { useEffect, useState } from "react";
import type { Task } from "../api/model";
import { hex, sha256, utf8 } from "../proof/bytes";
import { canonical } from "../proof/jcs";
import { Card } from "../design/Card";
import { Chip } from "../design/Chip";
import { Digest } from "../design/Digest";
import { Fold } from "../design/Fold";
import { Scroll } from "../design/Scroll";
import { strings } from "../strings";
import { SubjectRow, subject } from "./subject";

type Match = "computing" | "same" | "different";

/** SHA-256 over the canonical form of what stands in the table, computed here and not believed. */
function useDigestMatch(task: Task): Match {
  const [match, setMatch] = useState<Match>("computing");
  useEffect(() => {
    let gone = false;
    sha256(utf8(canonical(task.subject)))
      .then((digest) => gone || setMatch(hex(digest) === task.subject_digest ? "same" : "different"))
      .catch(() => gone || setMatch("different"));
    return () => {
      gone = true;
    };
  }, [task.subject, task.subject_digest]);
  return match;
}

export function WhatYouSign({ task }: { task: Task }) {
  const match = useDigestMatch(task);
  const shown = subject(task.subject);
  const tone = match === "different" ? "bad" : match === "same" ? "ok" : "plain";
  return (
    <Card flush title={strings.sign.title} tone={match === "different" ? "bad" : undefined}
      note={<span className="dim sm">sha256 <Digest hex={task.subject_digest} /></span>}
      aside={<Chip tone={tone} icon={match === "same" ? "check" : match === "different" ? "warn" : undefined}>{strings.sign.match[match]}</Chip>}>
      {shown.action ? <p className="signline">{strings.sign.runs} <b className="mono">{shown.action}</b> {strings.sign.withThese}</p> : null}
      <Scroll label={strings.sign.title}>
        <table>
          <caption className="hush">{strings.sign.caption}</caption>
          <thead><tr><th scope="col">{strings.sign.field}</th><th scope="col">{strings.sign.value}</th></tr></thead>
          <tbody>{shown.inputs.map((row) => <Row key={row.path} row={row} />)}</tbody>
        </table>
      </Scroll>
      {shown.bound.length > 0 ? (
        <Fold title={<span className="sm">{strings.sign.bound(shown.bound.map((row) => row.label.toLowerCase()))}</span>}>
          <table className="bound">
            <caption className="hush">{strings.sign.boundCaption}</caption>
            <tbody>{shown.bound.map((row) => <Row key={row.path} row={row} />)}</tbody>
          </table>
        </Fold>
      ) : null}
    </Card>
  );
}

function Row({ row }: { row: SubjectRow }) {
  return (
    <tr>
      <th scope="row" title={row.path}>{row.label}</th>
      <td>{row.block ? <pre className="block">{row.value}</pre> : <span className="wrap">{row.value}</span>}</td>
    </tr>
  );
}
