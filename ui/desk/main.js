// The desk's one script: htmx with server-sent events, and Alpine in its strict-CSP build. No inline code, no eval.
import htmx from "htmx.org/dist/htmx.esm.js";
import "htmx.org/dist/ext/hx-sse.js";
import Alpine from "@alpinejs/csp";

window.htmx = htmx;
window.Alpine = Alpine;
Alpine.start();
