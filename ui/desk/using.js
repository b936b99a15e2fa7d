// A key or the palette uses what stands on the page: a field is gone to, everything else is pressed.
const FIELDS = "input:not([type=checkbox], [type=radio], [type=button], [type=submit]), textarea, select";

export function use(element) {
  if (element.matches(FIELDS)) element.focus();
  else element.click();
}
