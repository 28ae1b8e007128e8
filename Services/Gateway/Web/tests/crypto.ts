import { webcrypto } from "node:crypto";

/** Older node keeps WebCrypto in a module; browsers and newer node have it at hand. */
if (!("crypto" in globalThis)) Object.defineProperty(globalThis, "crypto", { value: webcrypto });
