// What stood in a masked place is shown in a dialog for half a minute and is then gone from the page: when its time is over,
// when the dialog is closed, and when the page is left or put away.
export function forgetOriginals() {
  const dialog = document.getElementById("original");
  if (!dialog) return;
  const content = dialog.querySelector("#original-content");
  let over = 0;
  let opener = null;

  const forget = () => {
    clearTimeout(over);
    content.replaceChildren();
    if (dialog.open) dialog.close();
    opener?.focus();
    opener = null;
  };

  document.addEventListener("htmx:before:request", ({ detail }) => {
    const chip = detail.ctx.sourceElement.closest?.("a.mask");
    if (chip) opener = chip;
  });
  document.addEventListener("htmx:after:swap", () => {
    if (!content.childElementCount) return;
    if (!dialog.open) dialog.showModal();
    clearTimeout(over);
    const shown = content.querySelector("[data-expires]");
    if (shown) over = setTimeout(forget, Number(shown.dataset.expires) * 1000);
    else content.querySelector("select, input:not([type=hidden])")?.focus();
  });
  dialog.addEventListener("close", forget);
  window.addEventListener("pagehide", forget);
  document.addEventListener("visibilitychange", () => document.hidden && content.querySelector("[data-expires]") && forget());
}
