// Signing in again without leaving the page: the session is opened anew, then the page is loaded anew with the drafts in it.
import { sessionEnded } from "./connection.js";

const CHANNEL = "doorward-session";

async function signIn(form) {
  const failed = document.getElementById("sign-in-again-failed");
  failed.textContent = "";
  try {
    const answer = await fetch(form.action, { method: "POST", body: new URLSearchParams(new FormData(form)), redirect: "manual" });
    // Being sent onward is what a session looks like from here; every refusal is a page of its own.
    if (answer.type === "opaqueredirect") return true;
    failed.textContent = answer.status === 429 ? failed.dataset.slow : failed.dataset.failed;
  } catch {
    failed.textContent = failed.dataset.trouble;
  }
  form.querySelector("[type=password]").value = "";
  form.querySelector("[type=password]").focus();
  return false;
}

export function keepSession() {
  const form = document.getElementById("sign-in-again-form");
  if (!form) return;
  const channel = window.BroadcastChannel ? new BroadcastChannel(CHANNEL) : null;
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    if (!(await signIn(form))) return;
    channel?.postMessage("opened");
    window.location.reload();
  });
  // Another tab has signed in: this one, if it waited for that, goes on as well.
  channel?.addEventListener("message", () => {
    if (document.body.dataset.connection === "ended") window.location.reload();
  });
  // What somebody tried to do and could not, for want of a session, opens the way back: it was they who acted.
  document.addEventListener("htmx:after:request", ({ detail }) => {
    if (detail.ctx.response.status !== 401) return;
    sessionEnded();
    const dialog = document.getElementById("sign-in-again");
    if (detail.ctx.request.method !== "GET" && !dialog.open) {
      dialog.showModal();
      form.querySelector("[type=password]").focus();
    }
  });
}
