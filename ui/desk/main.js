// The desk's one script: htmx with server-sent events, and Alpine in its strict-CSP build. No inline code, no eval.
import htmx from "htmx.org/dist/htmx.esm.js";
import "htmx.org/dist/ext/hx-sse.js";
import Alpine from "@alpinejs/csp";

import { startComponents } from "../design/behaviour.js";
import { announceChanges } from "./announce.js";
import { keepDrafts } from "./drafts.js";
import { watchConnection } from "./connection.js";
import { closeMenus } from "./menus.js";
import { tellTimes } from "./times.js";

window.htmx = htmx;

function start() {
  startComponents();
  announceChanges();
  keepDrafts();
  watchConnection();
  closeMenus();
  tellTimes();
  Alpine.start();
}

if (document.readyState === "loading") document.addEventListener("DOMContentLoaded", start);
else start();
