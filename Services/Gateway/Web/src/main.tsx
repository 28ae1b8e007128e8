import { createRoot } from "react-dom/client";
import { App } from "./app/App";
import { restoreTheme } from "./app/theme";
import "./design/tokens.css";
import "./design/base.css";
import "./design/shell.css";
import "./design/controls.css";
import "./design/data.css";
import "./design/pages.css";
import "./inbox/inbox.css";
import "./runs/runs.css";
import "./receipts/receipts.css";
import "./flows/flows.css";
import "./costs/costs.css";
import "./policies/policies.css";

restoreTheme();
const root = document.getElementById("root");
if (root) createRoot(root).render(<App />);
