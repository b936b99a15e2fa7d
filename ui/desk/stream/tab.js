// A tab's end of the shared line: through a SharedWorker; where there is none, the tabs elect one of them (Web Locks) that
// holds the line and passes on what it hears (BroadcastChannel); where there is not even that, each tab has its own.
import { Line } from "./line.js";

const SIGN_OF_LIFE = 30_000;
const AGAIN = 4_000; // a worker answers whoever joins at once; one that was just ending when it was called never does
const ANSWER = 10_000; // when none has answered by then, there is none

// `fail` is called, once, when there is no worker after all; nothing is heard from one afterwards.
function throughWorker(name, address, follow, hear, fail) {
  let port = null;
  const say = (what) => port?.postMessage({ say: what, follow });
  const call = () => {
    say("leave");
    const worker = new SharedWorker(address, { name });
    const mine = worker.port;
    port = mine;
    worker.addEventListener("error", () => port === mine && giveUp());
    mine.addEventListener("message", ({ data }) => {
      if (port !== mine) return;
      clearTimeout(again);
      clearTimeout(patience);
      hear(data);
    });
    mine.start();
    say("join");
  };
  const giveUp = () => {
    clearTimeout(again);
    clearTimeout(patience);
    clearInterval(living);
    say("leave");
    port = null;
    fail();
  };
  call();
  const again = setTimeout(call, AGAIN);
  const patience = setTimeout(giveUp, ANSWER);
  const living = setInterval(() => say("here"), SIGN_OF_LIFE);
  window.addEventListener("pagehide", () => say("leave"));
  window.addEventListener("pageshow", (event) => event.persisted && say("join"));
  return () => say("again");
}

function throughElection(name, follow, hear) {
  const self = crypto.getRandomValues(new Uint32Array(2)).join("-");
  const channel = new BroadcastChannel(name);
  let line = null;
  const leads = (data) => {
    if (data.say === "join") line.join(data.from, data.follow);
    else if (data.say === "leave") line.leave(data.from);
    else if (data.say === "again") line.again();
  };
  const say = (what) => {
    const message = { say: what, from: self, follow };
    if (line) leads(message);
    else channel.postMessage(message);
  };
  channel.addEventListener("message", ({ data }) => {
    if (data.say && line) leads(data);
    else if (data.say === "gather") say("join");
    else if (data.told && (!data.only || data.only === self)) hear(data.told);
  });
  say("join");
  navigator.locks.request(name, () => {
    line = new Line((told, only) => {
      if (!only || only === self) hear(told);
      if (only !== self) channel.postMessage({ told, only });
    });
    channel.postMessage({ say: "gather" });
    say("join");
    return new Promise(() => {}); // held as long as this tab lives
  });
  window.addEventListener("pagehide", () => say("leave"));
  return () => say("again");
}

function alone(follow, hear) {
  const line = new Line(hear);
  line.join("alone", follow);
  return () => line.again();
}

function withoutWorker(name, follow, hear) {
  if (navigator.locks && window.BroadcastChannel) return throughElection(name, follow, hear);
  return alone(follow, hear);
}

// Calls `hear` with every message of the line (see line.js); returns what asks it to try again at once.
export function openLine({ member, address, follow, hear }) {
  const name = `doorward-desk-${member}`;
  let again = null;
  const otherwise = () => (again = withoutWorker(name, follow, hear));
  try {
    if (window.SharedWorker && address) again = throughWorker(name, address, follow, hear, otherwise);
  } catch {
    // A browser may forbid workers; the other ways remain.
  }
  if (!again) otherwise();
  return () => again();
}
