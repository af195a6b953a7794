// Photos before they are sent: chosen, pasted or dropped, looked at, made small enough.
import { element, icon } from "./bubble.js";

const MOST = 9;
const SEND_AS_IS = 4 * 1024 * 1024;
const LIMIT = 10 * 1024 * 1024;
const LONG_SIDE = 2560;

export class Tray {
  #photos = [];

  // hooks: onChange(count), say(sentence)
  constructor(hooks) {
    this.hooks = hooks;
    this.list = document.getElementById("tray");
    for (const id of ["album", "camera"]) this.#input(document.getElementById(id));
    const form = document.getElementById("composer");
    form.addEventListener("paste", (event) => this.#paste(event));
    const page = document.querySelector(".chat");
    page.addEventListener("dragover", (event) => event.preventDefault());
    page.addEventListener("drop", (event) => {
      event.preventDefault();
      this.add(event.dataTransfer.files);
    });
  }

  // Hand over what is waiting and be empty.
  take() {
    const photos = this.#photos;
    this.#photos = [];
    this.#draw();
    return photos;
  }

  async add(files) {
    const images = [...files].filter((file) => file.type.startsWith("image/"));
    if (images.length < files.length) this.hooks.say("这里只能发送照片，其他文件请交给人工客服。");
    for (const file of images.slice(0, MOST - this.#photos.length)) await this.#addOne(file);
    if (images.length && this.#photos.length === MOST) this.hooks.say(`一次最多发送 ${MOST} 张照片。`);
    document.getElementById("text").focus({ preventScroll: true });
  }

  async #addOne(original) {
    const photo = await prepared(original);
    if (photo.file.size > LIMIT) return this.hooks.say("这张照片太大了，请控制在 10 MB 以内。");
    this.#photos.push({ ...photo, url: URL.createObjectURL(photo.file) });
    return this.#draw();
  }

  #input(input) {
    input.addEventListener("change", async () => {
      await this.add(input.files);
      input.value = "";
    });
  }

  #paste(event) {
    const files = [...event.clipboardData.files].filter((file) => file.type.startsWith("image/"));
    if (!files.length) return;
    event.preventDefault();
    this.add(files);
  }

  #draw() {
    this.list.replaceChildren(...this.#photos.map((photo) => this.#thumbnail(photo)));
    this.list.hidden = !this.#photos.length;
    this.hooks.onChange(this.#photos.length);
  }

  #thumbnail(photo) {
    const picture = document.createElement("img");
    picture.src = photo.url;
    picture.alt = "待发送的照片";
    const remove = element("button", "remove", icon("cross"), element("span", "sr", "不发这张"));
    remove.type = "button";
    remove.addEventListener("click", () => {
      URL.revokeObjectURL(photo.url);
      this.#photos = this.#photos.filter((each) => each !== photo);
      this.#draw();
      document.getElementById("text").focus({ preventScroll: true });
    });
    return element("li", "", picture, remove);
  }
}

// A phone's 12-megapixel photo becomes a few hundred kilobytes that still show every scratch.
async function prepared(file) {
  let bitmap;
  try {
    bitmap = await createImageBitmap(file);
  } catch {
    return { file }; // a format only the server may know
  }
  const { width, height } = bitmap;
  const scale = LONG_SIDE / Math.max(width, height);
  if (file.size <= SEND_AS_IS || file.type === "image/gif") return { file, width, height };
  const smaller = await redrawn(bitmap, Math.min(1, scale));
  if (!smaller || smaller.size >= file.size) return { file, width, height };
  return { file: new File([smaller], file.name.replace(/\.\w+$/, "") + ".jpg", { type: "image/jpeg" }), width, height };
}

function redrawn(bitmap, scale) {
  const canvas = document.createElement("canvas");
  canvas.width = Math.round(bitmap.width * scale);
  canvas.height = Math.round(bitmap.height * scale);
  canvas.getContext("2d").drawImage(bitmap, 0, 0, canvas.width, canvas.height);
  return new Promise((resolve) => canvas.toBlob(resolve, "image/jpeg", 0.86));
}
