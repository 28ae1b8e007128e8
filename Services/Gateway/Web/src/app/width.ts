import { useSyncExternalStore } from "react";

const query = "(min-width: 901px)";

/** Room for list and detail side by side. */
export const useWide = (): boolean =>
  useSyncExternalStore(
    (listener) => {
      const media = matchMedia(query);
      media.addEventListener("change", listener);
      return () => media.removeEventListener("change", listener);
    },
    () => matchMedia(query).matches,
  );
