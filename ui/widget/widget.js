// The customer's door: one custom element without dependencies. The tag is <doorward-chat>.
class DoorwardChat extends HTMLElement {
  connectedCallback() {
    if (!this.shadowRoot) this.attachShadow({ mode: "open" });
  }
}

if (!customElements.get("doorward-chat")) customElements.define("doorward-chat", DoorwardChat);
