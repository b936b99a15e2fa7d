// Times: relative ones grow older while the page stands, exact ones are told in the reader's own time zone.
const STEPS = [
  ["day", 86400],
  ["hour", 3600],
  ["minute", 60],
  ["second", 1],
];

function inWords(moment, language) {
  const seconds = Math.min(-1, Math.round((moment - Date.now()) / 1000));
  const [unit, size] = STEPS.find(([, step]) => -seconds >= step * 1.2) ?? STEPS.at(-1);
  return new Intl.RelativeTimeFormat(language, { style: "short" }).format(Math.round(seconds / size), unit);
}

function refresh() {
  const language = document.documentElement.lang;
  for (const time of document.querySelectorAll("time[data-relative]")) {
    const moment = new Date(time.dateTime);
    time.textContent = inWords(moment, language);
    time.title = moment.toLocaleString(language);
  }
}

export function tellTimes() {
  refresh();
  document.addEventListener("htmx:after:swap", refresh);
  setInterval(refresh, 15000);
}
