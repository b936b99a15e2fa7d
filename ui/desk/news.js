// Tells that somebody waits or has written: to screen readers, in the title, by a sound and on the desktop as chosen.
// Nothing here ever moves the focus. Of several tabs only one is heard: the one that holds the lock.
import { toast } from "../design/behaviour.js";

const TITLE = document.title;
const LOCK = "doorward-desk-herald";
let before = null;
let herald = !navigator.locks;
let context = null;

function numbers() {
  const place = document.getElementById("demand");
  if (!place) return null;
  const figures = ["waiting", "mine", "unanswered", "heard", "handed", "pressed", "noted"].map((name) => [name, Number(place.dataset[name])]);
  return { place, ...Object.fromEntries(figures) };
}

function newsOf(now) {
  if (!before) return "";
  if (now.pressed > before.pressed) return now.place.dataset.sayPressed;
  if (now.handed > before.handed) return now.place.dataset.sayHanded;
  if (now.noted > before.noted) return now.place.dataset.sayNoted;
  if (now.heard > before.heard) return now.mine > before.mine ? now.place.dataset.sayMine : now.place.dataset.sayHeard;
  if (now.mine > before.mine) return now.place.dataset.sayMine;
  return now.waiting > before.waiting ? now.place.dataset.sayWaiting : "";
}

// Two soft tones, made on the spot: nothing is fetched, and nothing plays that was not asked for.
export function playSound() {
  context ??= new AudioContext();
  const start = context.currentTime + 0.02;
  [660, 880].forEach((frequency, place) => {
    const tone = context.createOscillator();
    const volume = context.createGain();
    tone.frequency.value = frequency;
    const from = start + place * 0.14;
    volume.gain.setValueAtTime(0.0001, from);
    volume.gain.exponentialRampToValueAtTime(0.16, from + 0.02);
    volume.gain.exponentialRampToValueAtTime(0.0001, from + 0.3);
    tone.connect(volume).connect(context.destination);
    tone.start(from);
    tone.stop(from + 0.32);
  });
  document.body.dataset.played = String(Number(document.body.dataset.played ?? 0) + 1);
}

function showOnDesktop(sentence) {
  if (!document.hidden || !("Notification" in window) || Notification.permission !== "granted") return;
  const note = new Notification("Doorward", { body: sentence, tag: "doorward-desk" });
  note.addEventListener("click", () => {
    window.focus();
    note.close();
  });
}

function look() {
  const now = numbers();
  if (!now) return;
  const asking = now.waiting + now.unanswered;
  document.title = asking ? `(${asking}) ${TITLE}` : TITLE;
  const sentence = newsOf(now);
  // A note is for its reader alone and nothing on the page shows it: it is seen too, not only heard.
  if (before && now.noted > before.noted) toast(now.place.dataset.sayNoted);
  before = now;
  if (!sentence) return;
  // The open conversation speaks for itself (announce.js).
  if (!document.body.dataset.follow) document.getElementById("announcer").textContent = sentence;
  if (!herald) return;
  if (document.body.dataset.sound === "on") playSound();
  showOnDesktop(sentence);
}

export function tellNews() {
  look();
  document.addEventListener("htmx:after:swap", look);
  navigator.locks?.request(LOCK, () => {
    herald = true;
    return new Promise(() => {});
  });
}
