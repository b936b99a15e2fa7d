// The customer's door: one custom element without dependencies. The tag is <doorward-chat>.
//
//   <script type="module" src="https://HOST/widget.js" data-key="wk_..." data-language="auto"></script>
//
// data-language  "auto" (the browser's languages) or a code such as "de"
// data-theme     "light" or "dark" where the browser's wish must not count
// data-memory    "none" where nothing may be kept in the tab's session storage
// data-side      "start" for the other lower corner
// data-user-token-url  an address of the host site that answers with a fresh signed token as text
// A host site that knows its customer sets `element.userToken` to a function that returns a fresh signed token.

import { Api } from "./api.js";
import { Chat } from "./chat.js";
import { Memory } from "./memory.js";
import { SHEET } from "./style.js";
import { View } from "./view.js";

const NAME = "doorward-chat";
const script = findScript();
/** @type {CSSStyleSheet | undefined} */
let sheet;

class DoorwardChat extends HTMLElement {
  /** A signed token, or what makes one. @type {string | (() => string | Promise<string>) | undefined} */
  userToken = undefined;
  /** @type {Chat | undefined} */
  #chat;
  /** @type {AbortController | undefined} */
  #left;

  connectedCallback() {
    const key = this.dataset.key ?? "";
    const root = this.shadowRoot ?? this.attachShadow({ mode: "open" });
    root.replaceChildren();
    sheet ??= new CSSStyleSheet();
    sheet.replaceSync(SHEET);
    const host = this.dataset.host ?? (script ? new URL(script.src).origin : location.origin);
    const view = new View(root, sheet);
    const api = new Api({ host, key, userToken: () => this.#token(), renewed: () => {} });
    const memory = new Memory(key, this.dataset.memory !== "none");
    this.#chat = new Chat({ api, view, memory, newId, renew: () => this.#renew() });
    this.#left = new AbortController();
    const options = { signal: this.#left.signal };
    const wake = () => this.#chat?.wake();
    for (const name of ["online", "offline"]) window.addEventListener(name, wake, options);
    document.addEventListener("visibilitychange", wake, options);
    // The page's own shortcuts must not hear what is typed here: it could not tell that somebody is typing.
    for (const name of ["keydown", "keyup", "keypress"]) root.addEventListener(name, (event) => event.stopPropagation(), options);
    view.serve(this.#chat);
    this.#chat.start(this.dataset.language);
  }

  disconnectedCallback() {
    this.#left?.abort();
    this.#chat?.end();
  }

  open() {
    this.#chat?.open();
  }

  close() {
    this.#chat?.close();
  }

  /** The conversation was forgotten: nothing of it stays in the page either. */
  #renew() {
    this.disconnectedCallback();
    this.connectedCallback();
    this.#chat?.open("widget.delete.done");
  }

  async #token() {
    const address = this.dataset.userTokenUrl;
    if (this.userToken === undefined && address) return fetchToken(address);
    const given = this.userToken;
    if (typeof given === "function") return given();
    // A token is good once, so a plain one is not sent again.
    this.userToken = undefined;
    return given;
  }
}

/** A token of the host site's own server, none when it has none for this visitor. @param {string} address */
async function fetchToken(address) {
  try {
    const answer = await fetch(address, { credentials: "same-origin", cache: "no-store" });
    return answer.ok ? (await answer.text()).trim() || undefined : undefined;
  } catch {
    return undefined; // the chat works for somebody unknown, too
  }
}

/** 32 hexadecimal digits; `randomUUID` exists on secure pages only. */
function newId() {
  if (crypto.randomUUID) return crypto.randomUUID();
  return Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, "0")).join("");
}

/** The tag that brought us: known at once to a classic script, looked for by a module. @returns {HTMLScriptElement | null} */
function findScript() {
  const current = document.currentScript;
  if (current instanceof HTMLScriptElement) return current;
  return document.querySelector('script[data-key][src*="widget"]');
}

if (!customElements.get(NAME)) customElements.define(NAME, DoorwardChat);

if (script?.dataset.key && !document.querySelector(NAME)) {
  const element = document.createElement(NAME);
  for (const [name, value] of Object.entries(script.dataset)) element.dataset[name] = value;
  const place = () => document.body.append(element);
  if (document.body) place();
  else document.addEventListener("DOMContentLoaded", place, { once: true });
}
