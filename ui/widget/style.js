// The widget's looks: tokens for light and dark, then the parts. A constructed style sheet, so that no inline style is
// needed. Distances follow one step of 4 px; nothing moves where less motion is asked for.

const LIGHT = `
  color-scheme: light;
  --paper: var(--doorward-paper, #ffffff); --wash: var(--doorward-wash, #f3f6f6); --line: var(--doorward-line, #d5dddd);
  --ink: var(--doorward-ink, #172125); --soft: var(--doorward-soft, #52626a);
  --own: var(--doorward-accent, var(--accent-light, #0f6b5c));
  --own-ink: var(--doorward-accent-ink, var(--ink-light, #ffffff));
  --warn: #8a4b00; --warn-wash: #fff4e3; --shadow: 0 12px 40px rgb(16 32 36 / .18), 0 2px 8px rgb(16 32 36 / .1);`;

const DARK = `
  color-scheme: dark;
  --paper: var(--doorward-paper-dark, #14191c); --wash: var(--doorward-wash-dark, #1d2428);
  --line: var(--doorward-line-dark, #37434a); --ink: var(--doorward-ink-dark, #e8eef0);
  --soft: var(--doorward-soft-dark, #a3b3ba);
  --own: var(--doorward-accent-dark, var(--accent-dark, #5fd0b8));
  --own-ink: var(--doorward-accent-ink-dark, var(--ink-dark, #000000));
  --warn: #f2b866; --warn-wash: #2e2415; --shadow: 0 12px 40px rgb(0 0 0 / .6);`;

/** The company's colours, checked before they come here. @param {string} light @param {string} onLight @param {string} dark @param {string} onDark */
export function accents(light, onLight, dark, onDark) {
  return `:host{--accent-light:${light};--ink-light:${onLight};--accent-dark:${dark};--ink-dark:${onDark}}`;
}

export const SHEET = `
:host { all: initial; position: fixed; z-index: 2147483000; inset-block-end: 20px; inset-inline-end: 20px;
  font: 400 15px/1.5 var(--doorward-font, system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", sans-serif);
  --round: var(--doorward-radius, 16px); ${LIGHT} }
:host([data-side="start"]), :host([data-side="start"]) .panel { inset-inline-end: auto; inset-inline-start: 20px; }
@media (prefers-color-scheme: dark) { :host(:not([data-theme="light"])) { ${DARK} } }
:host([data-theme="dark"]) { ${DARK} }
* { box-sizing: border-box; }
[hidden] { display: none !important; }
p, h2, h3, ul { margin: 0; padding: 0; }
button, select, input, textarea { font: inherit; color: inherit; }
button { cursor: pointer; border: 0; background: none; padding: 0; }
button:disabled { cursor: default; opacity: .55; }
:focus-visible { outline: 3px solid var(--own); outline-offset: 2px; }
input:focus-visible, textarea:focus-visible, select:focus-visible { outline-offset: 0; border-color: transparent; }
svg { inline-size: 24px; block-size: 24px; fill: none; stroke: currentColor; stroke-width: 1.8; stroke-linecap: round;
  stroke-linejoin: round; display: block; }
.unseen { position: absolute; inline-size: 1px; block-size: 1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap; }

.launcher { position: relative; display: grid; place-items: center; inline-size: 56px; block-size: 56px; border-radius: 50%;
  background: var(--own); color: var(--own-ink); box-shadow: var(--shadow); }
.launcher svg { inline-size: 28px; block-size: 28px; }
.badge { position: absolute; inset-block-start: -4px; inset-inline-end: -4px; min-inline-size: 22px; padding: 0 6px;
  border-radius: 11px; border: 2px solid var(--paper); background: var(--ink); color: var(--paper);
  font-size: 12px; line-height: 18px; font-weight: 600; }

.panel { position: fixed; inset: auto; inset-block-end: 20px; inset-inline-end: 20px; margin: 0; padding: 0;
  inline-size: 392px; max-inline-size: calc(100vw - 40px); block-size: min(680px, calc(100dvh - 40px));
  max-block-size: none; border: 1px solid var(--line); border-radius: var(--round); background: var(--paper); color: var(--ink);
  box-shadow: var(--shadow); overflow: hidden; overflow-wrap: anywhere; }
.panel[open] { display: flex; flex-direction: column; }
.panel::backdrop { background: transparent; }

.head { position: relative; display: flex; align-items: center; gap: 8px; padding: 10px 8px 10px 16px; border-block-end: 1px solid var(--line); }
.head:dir(rtl) { padding: 10px 16px 10px 8px; }
h2 { flex: 1; min-inline-size: 0; font-size: 16px; font-weight: 650; line-height: 1.3; }
h2:focus, h3:focus { outline: none; }
h3 { font-size: 16px; font-weight: 650; }
select { max-inline-size: 140px; min-block-size: 44px; padding: 0 8px; border: 1px solid var(--line); border-radius: 10px;
  background: var(--paper); font-size: 14px; }
.icon { display: grid; place-items: center; inline-size: 44px; block-size: 44px; border-radius: 10px; }
.icon:hover { background: var(--wash); }

.disclosure, .connection, .state { padding: 8px 16px; font-size: 13px; line-height: 1.45; }
.disclosure { background: var(--wash); color: var(--soft); }
.effort { padding: 8px 16px 10px; border-block-end: 1px solid var(--line); font-size: 13px; line-height: 1.45; }
.effort .row { margin-block-start: 8px; }
.state { color: var(--ink); border-block-end: 1px solid var(--line); }
.connection { color: var(--soft); }
.connection.trouble { background: var(--warn-wash); color: var(--warn); }
.connection:empty, .state:empty, .counter:empty, .note:empty, .hint:empty { display: none; }
.panel > .quiet { margin: 8px 16px; }

.notice { flex: 1; overflow: auto; display: flex; flex-direction: column; gap: 12px; padding: 20px 16px; }
.plain { white-space: pre-line; }
.hint { color: var(--warn); font-size: 14px; }
.primary { align-self: start; min-block-size: 44px; padding: 8px 18px; border-radius: 10px; background: var(--own);
  color: var(--own-ink); font-weight: 600; }

.log { flex: 1; min-block-size: 0; overflow: auto; overscroll-behavior: contain; display: flex; flex-direction: column;
  gap: 16px; padding: 16px; }
.log:focus-visible { outline-offset: -3px; }
.message { max-inline-size: 86%; align-self: start; display: flex; flex-direction: column; align-items: start; }
.message.customer { align-self: end; align-items: end; }
.message.system { align-self: center; text-align: center; }
.author { color: var(--soft); font-size: 12px; margin-block-end: 4px; }
.customer .author { text-align: end; }
.text { padding: 10px 14px; border-radius: 14px; background: var(--wash); white-space: pre-wrap; }
.formatted { white-space: normal; overflow-wrap: anywhere; }
.formatted > * + *, .formatted li > * + * { margin-block-start: 6px; }
.formatted ul, .formatted ol { margin: 0; padding-inline-start: 22px; }
.formatted ul { list-style: disc; }
.formatted ol { list-style: decimal; }
.formatted blockquote { margin: 0; padding-inline-start: 10px; border-inline-start: 3px solid currentcolor; }
.formatted code { font-family: ui-monospace, monospace; font-size: .92em; white-space: pre-wrap; }
.formatted pre { margin: 0; padding: 8px 10px; border: 1px solid var(--line); border-radius: 8px; }
.formatted a { color: inherit; text-decoration: underline; text-underline-offset: 2px; font-weight: 600; }
.agent .text { background: var(--paper); border: 1px solid var(--own); }
.customer .text { background: var(--own); color: var(--own-ink); }
.system .text { background: none; color: var(--soft); font-size: 13px; }
.refused .text { background: var(--warn-wash); color: var(--warn); }
.mask { display: inline-flex; align-items: center; gap: 3px; padding: 0 7px 0 5px; border-radius: 9px; background: var(--paper);
  color: var(--ink); box-shadow: inset 0 0 0 1px var(--line); font-size: .92em; font-weight: 600; font-variant-numeric: tabular-nums;
  white-space: nowrap; vertical-align: baseline; }
.mask svg { inline-size: 13px; block-size: 13px; stroke-width: 2.2; }
.file .text svg { display: inline-block; inline-size: 17px; block-size: 17px; margin-inline-end: 6px; vertical-align: -3px; }
.file .text { unicode-bidi: isolate; }
.note { margin-block-start: 4px; color: var(--soft); font-size: 12px; line-height: 1.4; }
.customer .note { text-align: end; }
.again { color: inherit; text-decoration: underline; display: inline-block; min-block-size: 24px; padding: 0 4px; font-weight: 600; }
.sources { margin-block-start: 6px; padding-inline-start: 10px; border-inline-start: 2px solid var(--line); color: var(--soft);
  font-size: 12px; }
.sources ul { list-style: none; }
.sources li { color: var(--ink); }
.link { min-block-size: 24px; padding: 2px 0; text-align: start; text-decoration: underline; text-underline-offset: 2px; }
.choices { display: flex; flex-direction: column; align-items: start; gap: 8px; margin-block-start: 10px; }
.choices button { min-block-size: 44px; padding: 8px 14px; border: 1px solid var(--own); border-radius: 12px; text-align: start; }
.choices button:hover, .quiet:hover:not(:disabled) { background: var(--wash); }

.sheet { flex: 1; min-block-size: 0; display: flex; flex-direction: column; }
.sheet-head { display: flex; align-items: center; gap: 4px; padding: 6px 16px 0 8px; }
.sheet-head:dir(rtl) { padding: 6px 8px 0 16px; }
.back:dir(rtl) svg { transform: scaleX(-1); }
.sheet-body { flex: 1; min-block-size: 0; overflow: auto; padding: 8px 16px 16px; }
.sheet-body:focus-visible { outline-offset: -3px; }
h4 { margin: 8px 0 0; font-size: 15px; }
.stack { display: flex; flex-direction: column; gap: 12px; align-items: stretch; }
.field { display: flex; flex-direction: column; gap: 4px; font-size: 13px; color: var(--soft); }
.field input, .field textarea { color: var(--ink); }
.field textarea { flex: none; min-block-size: 88px; }
fieldset { margin: 0; padding: 0; border: 0; display: flex; flex-wrap: wrap; gap: 8px; min-inline-size: 0; }
.choice { display: inline-flex; align-items: center; gap: 8px; min-block-size: 44px; padding: 6px 14px; border: 1px solid var(--soft);
  border-radius: 12px; cursor: pointer; }
.choice:has(:checked) { border-color: var(--own); box-shadow: inset 0 0 0 1px var(--own); }
.choice input { inline-size: 18px; min-block-size: 18px; block-size: 18px; margin: 0; accent-color: var(--own); }
.typing { display: flex; gap: 8px; align-items: center; padding: 0 16px 10px; color: var(--soft); font-size: 13px; }
.dots { inline-size: 22px; block-size: 6px; background: radial-gradient(circle 3px, currentColor 95%, transparent) 0 0 / 8px 6px; }
.warning { margin-block-end: 10px; padding: 12px; border-radius: 12px; background: var(--warn-wash); color: var(--warn); font-size: 14px; }
.warning .row { margin-block-start: 10px; }
.warning .quiet { border-color: currentColor; }
.menu { position: absolute; z-index: 1; inset-inline-end: 8px; inset-block-start: calc(100% - 6px); inline-size: max-content;
  max-inline-size: calc(100% - 16px); padding: 6px; list-style: none; border: 1px solid var(--line);
  border-radius: 12px; background: var(--paper); box-shadow: var(--shadow); }
.menu button { inline-size: 100%; min-block-size: 44px; padding: 6px 12px; border-radius: 8px; text-align: start; }
.menu button:hover { background: var(--wash); }
.more svg { stroke-width: 3; }
.attach { flex: none; color: var(--soft); }

.verify { padding: 12px 16px; border-block-start: 1px solid var(--line); background: var(--wash); font-size: 14px; }
.step { display: grid; grid-template-columns: 1fr auto; gap: 6px 8px; margin-block: 10px; align-items: center; }
.step label { grid-column: 1 / -1; font-size: 13px; color: var(--soft); }
input, textarea { min-inline-size: 0; padding: 10px 12px; border: 1px solid var(--soft); border-radius: 10px; background: var(--paper);
  font-size: 16px; line-height: 1.4; }
input { min-block-size: 44px; inline-size: 100%; }

.foot { padding: 12px 16px calc(10px + env(safe-area-inset-bottom)); border-block-start: 1px solid var(--line); }
.composer { display: flex; align-items: end; gap: 8px; }
textarea { flex: 1; min-block-size: 44px; max-block-size: 152px; resize: none; field-sizing: content; }
textarea:disabled { opacity: .6; }
::placeholder { color: var(--soft); opacity: 1; }
.send { flex: none; display: grid; place-items: center; inline-size: 44px; block-size: 44px; border-radius: 12px; background: var(--own);
  color: var(--own-ink); }
.send:dir(rtl) svg { transform: scaleX(-1); }
.counter { margin-block-start: 4px; font-size: 12px; color: var(--soft); }
.counter.over { color: var(--warn); font-weight: 600; }
.row { display: flex; flex-wrap: wrap; gap: 8px; margin-block-start: 12px; }
.quiet { min-block-size: 44px; padding: 6px 12px; border-radius: 10px; font-size: 14px; border: 1px solid var(--line); }

@media (max-width: 480px) {
  .panel { inset: 0; inline-size: 100vw; max-inline-size: none; block-size: 100dvh; border: 0; border-radius: 0; }
}
@media (prefers-reduced-motion: no-preference) {
  .panel[open] { animation: rise .18s ease-out; }
  .launcher { transition: transform .15s ease-out; }
  .dots { animation: dots 1.2s steps(4) infinite; }
  .launcher:hover { transform: translateY(-2px); }
}
@keyframes dots { from { clip-path: inset(0 100% 0 0); } to { clip-path: inset(0 0 0 0); } }
@keyframes rise { from { transform: translateY(8px); } }
@media (forced-colors: active) {
  .launcher, .primary, .send, .text, .badge, .mask { border: 1px solid; }
}
@media print { :host { display: none; } }
`;
