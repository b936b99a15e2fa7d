// The parts of the preferences page that need the browser itself: asking for desktop notifications, hearing the sound.
import { playSound } from "./news.js";

function tellState(place) {
  const state = "Notification" in window ? Notification.permission : "denied";
  const sentence = place.querySelector("[data-desktop-state]");
  sentence.textContent = sentence.dataset[state] ?? "";
  place.querySelector("[data-desktop-allow]").hidden = state !== "default";
}

export function preparePreferences() {
  const place = document.querySelector("[data-desktop-news]");
  if (!place) return;
  tellState(place);
  place.querySelector("[data-sound-try]").addEventListener("click", playSound);
  place.querySelector("[data-desktop-allow]").addEventListener("click", async () => {
    if ("Notification" in window) await Notification.requestPermission();
    tellState(place);
  });
}
