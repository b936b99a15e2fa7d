// The fixed parts of the widget, built once. Words come later, from the language pack.

/** @typedef {(node: Element, key: string, attribute?: string) => void} Say */

const SVG = "http://www.w3.org/2000/svg";

/**
 * @param {string} tag
 * @param {Record<string, string | boolean>} [attributes] booleans are set or left out
 * @param {...(Node | string)} children
 * @returns {any}
 */
export function make(tag, attributes = {}, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value !== false) node.setAttribute(name, value === true ? "" : value);
  }
  node.append(...children);
  return node;
}

/** @param {string} path drawn in a square of 24, filled or stroked with the text's colour by the style sheet */
function icon(path) {
  const svg = document.createElementNS(SVG, "svg");
  const line = document.createElementNS(SVG, "path");
  line.setAttribute("d", path);
  svg.setAttribute("viewBox", "0 0 24 24");
  svg.setAttribute("aria-hidden", "true");
  svg.append(line);
  return svg;
}

const BUBBLE = "M4 5.5h16v11H11l-4.5 3.5v-3.5H4z";
const CROSS = "M6 6l12 12M18 6L6 18";
const ARROW = "M5 12h13M12.5 6l6 6-6 6";
const CLIP = "M8 12.5l6-6a3 3 0 0 1 4.3 4.3l-7.6 7.6a5 5 0 0 1-7-7L11 4";
const LOCK = "M6 11h12v9H6zM9 11V8a3 3 0 0 1 6 0v3";
const DOTS = "M6 12h.01M12 12h.01M18 12h.01";
const BACK = "M19 12H6M11.5 6l-6 6 6 6";

/** The sign on a masked place, and the one on a file. */
export const lock = () => icon(LOCK);
export const clip = () => icon(CLIP);

/** @param {ShadowRoot} root @param {Say} say */
export function build(root, say) {
  const launcher = buildLauncher(say);
  const panel = buildPanel(say);
  const live = make("p", { class: "unseen", role: "status" });
  root.append(live, panel.panel, launcher.launcher);
  return { live, ...launcher, ...panel };
}

/** @param {Say} say */
function buildLauncher(say) {
  const badge = make("span", { class: "badge", hidden: true, "aria-hidden": "true" });
  const attributes = { type: "button", class: "launcher", part: "launcher", "aria-haspopup": "dialog", hidden: true };
  const launcher = make("button", attributes, icon(BUBBLE), badge);
  say(launcher, "widget.open", "aria-label");
  return { launcher, badge };
}

/** @param {Say} say */
function buildPanel(say) {
  const head = buildHead(say);
  const notice = buildNotice(say);
  const verification = buildVerification(say);
  const sheet = buildSheet(say);
  const foot = buildFoot(say);
  const disclosure = make("p", { class: "disclosure", id: "disclosure", part: "disclosure", hidden: true });
  const connection = make("p", { class: "connection", role: "status" });
  const state = make("p", { class: "state", role: "status" });
  const typing = make("p", { class: "typing", hidden: true }, make("span", { class: "dots", "aria-hidden": "true" }), make("span"));
  const again = make("button", { type: "button", class: "quiet", hidden: true });
  const effort = buildEffort(say);
  const greeting = make("div", { class: "text", dir: "auto" });
  const author = make("p", { class: "author" }, make("span"));
  const hello = make("div", { class: "message bot", hidden: true }, author, greeting);
  const log = make("div", { class: "log", part: "log", role: "log", "aria-live": "polite", "aria-relevant": "additions", tabindex: "0", hidden: true }, hello);
  say(again, "widget.try_again");
  say(typing.lastChild, "widget.typing");
  say(author.firstChild, "widget.author.bot");
  say(log, "widget.log", "aria-label");
  const panel = make(
    "dialog",
    { class: "panel", part: "panel", "aria-labelledby": "title", "aria-describedby": "disclosure" },
    head.head, disclosure, connection, state, effort.effort, again, notice.notice, log, sheet.sheet, typing,
    verification.verify, foot.foot,
  );
  const fixed = { panel, disclosure, connection, state, again, log, hello, greeting, typing };
  return { ...fixed, ...head, ...notice, ...effort, ...verification, ...sheet, ...foot };
}

/** The piece of work that this device is asked for. @param {Say} say */
function buildEffort(say) {
  const effortText = make("p", { role: "status" });
  const quiet = (key) => {
    const button = make("button", { type: "button", class: "quiet", hidden: true });
    say(button, key);
    return button;
  };
  const effortSkip = quiet("widget.effort.skip");
  const effortVerify = quiet("widget.verify.open");
  const effortCallBack = quiet("widget.callback.open");
  const row = make("div", { class: "row" }, effortSkip, effortVerify, effortCallBack);
  return { effort: make("div", { class: "effort", part: "effort", hidden: true }, effortText, row), effortText, effortSkip, effortVerify, effortCallBack };
}

/** @param {Say} say */
function buildHead(say) {
  const title = make("h2", { id: "title", tabindex: "-1" });
  const language = make("select", { part: "language" });
  const languages = make("div", { class: "languages", hidden: true }, language);
  const close = make("button", { type: "button", class: "icon", part: "close" }, icon(CROSS));
  const menu = buildMenu(say);
  say(language, "widget.language", "aria-label");
  say(close, "widget.close", "aria-label");
  return { head: make("div", { class: "head" }, title, languages, menu.menuOpen, close, menu.menu), title, language, languages, close, ...menu };
}

/** @param {Say} say */
function buildNotice(say) {
  const noticeTitle = make("h3", { id: "notice-title", tabindex: "-1" });
  const noticeText = make("p", { class: "plain", dir: "auto" });
  const hint = make("p", { class: "hint", role: "status", hidden: true });
  const accept = make("button", { type: "button", class: "primary", part: "accept" });
  say(noticeTitle, "widget.notice.title");
  say(accept, "widget.notice.accept");
  const attributes = { class: "notice", part: "notice", "aria-labelledby": "notice-title", hidden: true };
  return { notice: make("section", attributes, noticeTitle, noticeText, hint, accept), noticeTitle, noticeText, hint, accept };
}

/** @param {Say} say */
function buildVerification(say) {
  const email = make("input", { id: "email", type: "email", autocomplete: "email", maxlength: "254", required: true });
  const code = make("input", { id: "code", type: "text", inputmode: "numeric", autocomplete: "one-time-code", maxlength: "16", required: true });
  const field = (input, label, button) => {
    const words = make("label", { for: input.id });
    const send = make("button", { type: "submit", class: "primary" });
    say(words, label);
    say(send, button);
    return make("form", { class: "step" }, words, input, send);
  };
  const emailForm = field(email, "widget.verify.email", "widget.verify.send");
  const codeForm = field(code, "widget.verify.code", "widget.verify.confirm");
  const intro = make("p");
  const verifyCancel = make("button", { type: "button", class: "quiet" });
  const verifyForm = make("div", {}, intro, emailForm, codeForm, verifyCancel);
  const verifyNote = make("p", { class: "hint", role: "status" });
  say(intro, "widget.verify.intro");
  say(verifyCancel, "widget.verify.cancel");
  codeForm.hidden = true;
  const verify = make("section", { class: "verify", id: "verify", hidden: true }, verifyForm, verifyNote);
  say(verify, "widget.verify.open", "aria-label");
  return { verify, verifyForm, verifyNote, verifyCancel, emailForm, codeForm, email, code };
}

/** @param {Say} say */
function buildSheet(say) {
  const sheetTitle = make("h3", { id: "sheet-title", tabindex: "-1", dir: "auto" });
  const sheetBack = make("button", { type: "button", class: "icon back" }, icon(BACK));
  const sheetBody = make("div", { class: "sheet-body", tabindex: "0", role: "group", "aria-labelledby": "sheet-title" });
  say(sheetBack, "widget.back", "aria-label");
  const attributes = { class: "sheet", part: "sheet", "aria-labelledby": "sheet-title", hidden: true };
  const sheet = make("section", attributes, make("div", { class: "sheet-head" }, sheetBack, sheetTitle), sheetBody);
  return { sheet, sheetTitle, sheetBack, sheetBody };
}

/** The warning before a secret leaves: it stands where the message is written. @param {Say} say */
function buildWarning(say) {
  const warningText = make("p", { id: "warning-text" });
  const edit = make("button", { type: "button", class: "primary" });
  const sendAnyway = make("button", { type: "button", class: "quiet" });
  say(edit, "widget.secret.edit");
  say(sendAnyway, "widget.secret.send");
  const attributes = { class: "warning", part: "warning", role: "alertdialog", "aria-labelledby": "warning-text", hidden: true };
  return { warning: make("div", attributes, warningText, make("div", { class: "row" }, edit, sendAnyway)), warningText, edit, sendAnyway };
}

const DEEDS = ["verify", "feedback", "download", "mail", "notice", "delete"];
const DEED_WORDS = {
  verify: "widget.verify.open",
  feedback: "widget.menu.feedback",
  download: "widget.menu.download",
  mail: "widget.menu.mail",
  notice: "widget.menu.notice",
  delete: "widget.menu.delete",
};

/** @param {Say} say */
function buildMenu(say) {
  const menuOpen = make("button", { type: "button", class: "icon more", "aria-expanded": "false", "aria-controls": "menu", hidden: true }, icon(DOTS));
  say(menuOpen, "widget.menu", "aria-label");
  const items = DEEDS.map((deed) => {
    const button = make("button", { type: "button", "data-deed": deed });
    say(button, DEED_WORDS[deed]);
    return make("li", {}, button);
  });
  return { menuOpen, menu: make("ul", { class: "menu", id: "menu", hidden: true }, ...items) };
}

/** @param {Say} say */
function buildFoot(say) {
  const warning = buildWarning(say);
  const fileInput = make("input", { type: "file", hidden: true, tabindex: "-1" });
  const attach = make("button", { type: "button", class: "icon attach", part: "attach", hidden: true }, icon(CLIP));
  const fileNote = make("p", { class: "hint", role: "status" });
  const callbackOpen = make("button", { type: "button", class: "quiet", hidden: true });
  const feedbackOpen = make("button", { type: "button", class: "quiet", hidden: true });
  say(attach, "widget.attach", "aria-label");
  say(callbackOpen, "widget.callback.open");
  say(feedbackOpen, "widget.menu.feedback");
  const label = make("label", { class: "unseen", for: "message" });
  const message = make("textarea", { id: "message", part: "message", rows: "1", dir: "auto", disabled: true, "aria-describedby": "counter" });
  const send = make("button", { type: "submit", class: "send", part: "send", disabled: true }, icon(ARROW));
  const counter = make("p", { class: "counter", id: "counter", role: "status" });
  const person = make("button", { type: "button", class: "quiet person", part: "person" });
  const composer = make("form", { class: "composer" }, label, attach, message, send);
  say(label, "widget.message");
  say(message, "widget.placeholder", "placeholder");
  say(send, "widget.send", "aria-label");
  say(person, "widget.person");
  const row = make("div", { class: "row" }, person, callbackOpen, feedbackOpen);
  const foot = make("div", { class: "foot" }, warning.warning, composer, fileInput, counter, fileNote, row);
  const fixed = { foot, composer, message, send, counter, person, attach, fileInput, fileNote, callbackOpen, feedbackOpen };
  return { ...fixed, ...warning };
}
