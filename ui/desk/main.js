// The desk's one script: htmx, and Alpine in its strict-CSP build. No inline code, no eval. What is live comes over one
// stream for all tabs (connection.js).
import htmx from "htmx.org/dist/htmx.esm.js";
import Alpine from "@alpinejs/csp";

import { startComponents } from "../design/behaviour.js";
import { announceChanges } from "./announce.js";
import { useAnswers } from "./assisting.js";
import { askFirst } from "./confirm.js";
import { attachFiles } from "./attaching.js";
import { composeMore } from "./composing.js";
import { watchConnection } from "./connection.js";
import { keepDrafts } from "./drafts.js";
import { pickEmoji } from "./emoji.js";
import { watchFlood } from "./flood.js";
import { formatByKeys } from "./formatting.js";
import { guardForms } from "./guard.js";
import { askToWhom } from "./handing.js";
import { tellLooking } from "./looking.js";
import { markConversations } from "./marking.js";
import { runMacros } from "./macros.js";
import { showKnown } from "./known.js";
import { closeMenus } from "./menus.js";
import { tellNews } from "./news.js";
import { forgetOriginals } from "./originals.js";
import { keepOrder } from "./order.js";
import { pickRows } from "./picking.js";
import { preparePreferences } from "./preferences.js";
import { sayPresence } from "./presence.js";
import { searchWhileTyping } from "./searching.js";
import { tellSeeing } from "./seeing.js";
import { keepSession } from "./session.js";
import { listenToKeys } from "./shortcuts.js";
import { suggest } from "./suggest.js";
import { tellTimes } from "./times.js";
import { translateDrafts } from "./translating.js";
import { tellTyping } from "./typing.js";
import { showWall } from "./wallboard.js";
import { tellZones } from "./zones.js";

window.htmx = htmx;

// Whoever takes a conversation over wants to write next. What was pressed is asked for before the answer comes: the answer
// makes another button of it.
function writeNext() {
  const wanted = new WeakSet();
  document.addEventListener("htmx:before:request", ({ detail }) => {
    if (detail.ctx.sourceElement.matches?.("[data-then-reply]")) wanted.add(detail.ctx);
  });
  document.addEventListener("htmx:after:swap", ({ detail }) => {
    const field = wanted.has(detail.ctx) && document.getElementById("reply-text");
    if (field && !field.form.hidden) field.focus();
  });
}

function start() {
  startComponents();
  announceChanges();
  tellNews();
  tellZones();
  keepDrafts();
  composeMore();
  attachFiles();
  suggest();
  formatByKeys();
  pickEmoji();
  translateDrafts();
  useAnswers();
  guardForms();
  keepSession();
  forgetOriginals();
  askFirst();
  askToWhom();
  runMacros();
  showKnown();
  listenToKeys();
  searchWhileTyping();
  closeMenus();
  tellTimes();
  preparePreferences();
  sayPresence();
  keepOrder();
  writeNext();
  pickRows();
  markConversations();
  tellSeeing();
  watchConnection();
  tellTyping();
  tellLooking();
  showWall();
  watchFlood();
  // htmx begins in a task of its own, after this one: a key pressed between the two would follow the link as if no script ran.
  htmx.process(document.body);
  Alpine.start();
}

if (document.readyState === "loading") document.addEventListener("DOMContentLoaded", start);
else start();
