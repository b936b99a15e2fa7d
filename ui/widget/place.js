// What is said of the piece of work that a device is asked for, and what one can do besides: nobody has to do it.

const GONE_AFTER = 8_000; // milliseconds for which good news stands

export class PlaceSign {
  #parts;
  #labels;
  #timer = 0;

  /**
   * @param {ReturnType<import("./parts.js").build>} parts @param {import("./labels.js").Labels} labels
   * @param {{skip: () => void, verify: () => void, callBack: (opener: HTMLElement) => void}} deeds
   */
  constructor(parts, labels, { skip, verify, callBack }) {
    this.#parts = parts;
    this.#labels = labels;
    parts.effortSkip.addEventListener("click", () => {
      skip();
      parts.message.focus();
    });
    parts.effortVerify.addEventListener("click", verify);
    parts.effortCallBack.addEventListener("click", () => callBack(parts.effortCallBack));
  }

  /** @param {"working" | "done" | "without" | ""} progress */
  show(progress) {
    const { effort, effortText, effortSkip, effortVerify, effortCallBack } = this.#parts;
    clearTimeout(this.#timer);
    effort.hidden = !progress;
    effortSkip.hidden = progress !== "working";
    effortVerify.hidden = effortCallBack.hidden = progress !== "without";
    if (!progress) return this.#labels.hush(effortText);
    this.#labels.say(effortText, `widget.effort.${progress}`);
    if (progress === "done") this.#timer = setTimeout(() => this.show(""), GONE_AFTER);
  }
}
