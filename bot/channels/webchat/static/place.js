// Sharing a place: the device's position if it may be used, otherwise a typed address.
const WAIT = { enableHighAccuracy: true, timeout: 12000, maximumAge: 60000 };

export class PlaceDialog {
  #found = null;
  #asked = 0;

  // hooks: onPlace({lat, lon, label}), onAddress(text)
  constructor(hooks) {
    this.hooks = hooks;
    this.box = document.getElementById("place");
    this.state = document.getElementById("place-state");
    this.address = document.getElementById("address");
    document.getElementById("place-cancel").addEventListener("click", () => this.box.close("cancel"));
    this.box.querySelector("form").addEventListener("submit", (event) => this.#submit(event));
    this.address.addEventListener("input", () => this.address.setCustomValidity(""));
  }

  open() {
    this.#found = null;
    this.address.value = "";
    this.box.returnValue = "";
    this.box.showModal();
    this.address.focus();
    this.#locate();
  }

  #locate() {
    const asked = (this.#asked += 1);
    const mine = () => asked === this.#asked && this.box.open;
    if (!navigator.geolocation || !isSecureContext) return this.#failed();
    this.state.textContent = "正在获取您的位置…";
    return navigator.geolocation.getCurrentPosition(
      ({ coords }) => mine() && this.#located(coords),
      () => mine() && this.#failed(),
      WAIT,
    );
  }

  #located({ latitude, longitude, accuracy }) {
    this.#found = { lat: latitude, lon: longitude };
    this.state.textContent = `已获取位置（误差约 ${Math.round(accuracy)} 米）。可以补充路名、门牌，查勘员更好找。`;
  }

  #failed() {
    this.state.textContent = "没能自动获取位置，请在下面输入地址。";
  }

  #submit(event) {
    const label = this.address.value.trim();
    if (this.#found) return this.hooks.onPlace({ ...this.#found, label });
    if (label) return this.hooks.onAddress(label);
    event.preventDefault();
    this.address.setCustomValidity("请输入地址");
    return this.address.reportValidity();
  }
}
