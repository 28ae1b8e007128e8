import { ButtonHTMLAttributes, forwardRef } from "react";
import { Icon, IconName } from "./Icon";

interface Props extends ButtonHTMLAttributes<HTMLButtonElement> {
  look?: "plain" | "pri" | "ghost" | "danger";
  icon?: IconName;
  /** The key that does the same; it stands on the button. */
  hint?: string;
  small?: boolean;
  /** Says why it cannot be pressed now; the button stays reachable so that the reason can be read. */
  blocked?: string | null;
}

export const Button = forwardRef<HTMLButtonElement, Props>(function Button(
  { look = "plain", icon, hint, small, blocked, onClick, children, className = "", ...rest },
  ref,
) {
  const looks = look === "danger" ? "ghost danger" : look;
  const shape = [small ? "small" : "", icon && !children ? "icon" : ""].join(" ");
  return (
    <button ref={ref} type="button" className={`btn ${looks} ${shape} ${className}`} aria-disabled={blocked ? true : undefined}
      title={blocked ?? rest.title} aria-keyshortcuts={hint} onClick={blocked ? (event) => event.preventDefault() : onClick} {...rest}>
      {icon ? <Icon name={icon} /> : null}
      {children}
      {hint ? <kbd aria-hidden="true">{hint.toUpperCase()}</kbd> : null}
    </button>
  );
});
