import type { Json } from "../proof/jcs";

/** The smallest flow that does something: a person starts it, a message is sent, it ends. */
export const starter: Json = {
  schema: "provable.dev/flow/v1",
  name: "say-hello",
  title: "Say hello",
  nodes: [
    { id: "start", type: "trigger", title: "Started by a person", trigger: { kind: "manual" }, next: "post" },
    { id: "post", type: "call", title: "Post to the channel", operation: "slack.chat.postMessage", with: { channel: "general", text: "Hello" }, on: { success: "done", error: "failed" } },
    { id: "done", type: "end", title: "Done", outcome: "success" },
    { id: "failed", type: "end", title: "Not sent", outcome: "failure" },
  ],
};
