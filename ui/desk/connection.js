// Hears the live line and tells the page: `desk`, `demand` and `conversation` are events of the body that parts of pages
// wait for (hx-trigger). How the connection stands is said in words.
import { hearLooking } from "./looking.js";
import { openLine } from "./stream/tab.js";
import { showTyping } from "./typing.js";
import { words } from "./words.js";

const SEEN = 1000; // milliseconds between two refreshes of a page that somebody looks at
const UNSEEN = 5000;

// Calls `act` at once, and again at the end of the pause if it was asked for meanwhile.
function calm(act) {
  let last = 0;
  let timer = null;
  return () => {
    const wait = last + (document.hidden ? UNSEEN : SEEN) - Date.now();
    if (timer) return;
    if (wait > 0) {
      timer = setTimeout(() => {
        timer = null;
        last = Date.now();
        act();
      }, wait);
    } else {
      last = Date.now();
      act();
    }
  };
}

function emit(name) {
  window.htmx.trigger(document.body, name);
}

let state = "";

function show(next) {
  const place = document.getElementById("connection");
  if (!place || next === state) return;
  const before = state;
  state = next;
  for (const sentence of place.querySelectorAll("[data-state]")) sentence.hidden = sentence.dataset.state !== next;
  place.hidden = next === "live" || next === "";
  document.body.dataset.connection = next;
  if (next === "live" && (before === "lost" || before === "offline")) {
    document.getElementById("announcer").textContent = words().connected;
  }
}

export function sessionEnded() {
  show("ended");
}

export function watchConnection() {
  const { member, follow, stream } = document.body.dataset;
  if (!member) return;
  const desk = calm(() => {
    emit("demand");
    if (!document.hidden) emit("desk");
  });
  const conversation = calm(() => emit("conversation"));
  let missed = false;
  let opened = false;
  let patience = null;
  let line = "";
  const hear = (message) => {
    if (message.event === "desk") {
      missed = document.hidden;
      desk();
    } else if (message.event === "conversation" && message.id === follow) conversation();
    else if (message.event === "typing" && message.id === follow) showTyping();
    else if (message.event === "looking" && message.id === follow) hearLooking(message);
    else if (message.event === "state") {
      clearTimeout(patience);
      line = message.state;
      if (message.state === "live") opened = true;
      // At first, and for a moment, a line that is not open yet is no news.
      if (message.state === "lost") patience = setTimeout(() => show(navigator.onLine ? "lost" : "offline"), opened ? 700 : 4000);
      else show(message.state);
    }
  };
  const again = openLine({ member, address: stream, follow, hear });
  window.addEventListener("offline", () => show("offline"));
  window.addEventListener("online", () => {
    show(line);
    again();
  });
  document.addEventListener("visibilitychange", () => {
    if (document.hidden || !missed) return;
    missed = false;
    emit("desk");
  });
  document.body.addEventListener("session-ended", sessionEnded);
  // A page that comes back from the browser's memory may have missed something.
  window.addEventListener("pageshow", (event) => event.persisted && window.location.reload());
}
