// Times in forms are meant in the reader's own time zone: fields with data-zone tell the house which.
export function tellZone() {
  const zone = Intl.DateTimeFormat().resolvedOptions().timeZone ?? "";
  for (const field of document.querySelectorAll("[data-zone]")) field.value = zone;
}

export function tellZones() {
  tellZone();
  document.addEventListener("htmx:after:swap", tellZone);
}
