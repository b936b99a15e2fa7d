// The page of floods: it is asked for again now and then, since minutes pass though nothing happens.
const EVERY = 10000; // milliseconds

export function watchFlood() {
  if (!document.getElementById("flood")) return;
  setInterval(() => document.hidden || window.htmx.trigger(document.getElementById("flood"), "flood"), EVERY);
}
