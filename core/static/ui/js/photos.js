// Photos are shrunk here before they travel. Drawing them anew on a canvas leaves out EXIF, and
// with it the place they were taken; the server strips again what comes without this file.
const LONGEST_PX = 1600;
const QUALITY = 0.82;
const HEAVIEST = 12 * 1024 * 1024;
const MAX_DEFAULT = 6;

async function shrink(file) {
  const bitmap = await createImageBitmap(file, { imageOrientation: "from-image" });
  const ratio = Math.min(1, LONGEST_PX / Math.max(bitmap.width, bitmap.height));
  const canvas = document.createElement("canvas");
  canvas.width = Math.round(bitmap.width * ratio);
  canvas.height = Math.round(bitmap.height * ratio);
  canvas.getContext("2d").drawImage(bitmap, 0, 0, canvas.width, canvas.height);
  bitmap.close();
  const blob = await new Promise((done) => canvas.toBlob(done, "image/jpeg", QUALITY));
  const name = file.name.replace(/\.[^.]*$/, "") + ".jpg";
  return { file: new File([blob], name, { type: "image/jpeg" }), canvas };
}

// A format this browser cannot draw (HEIC on some) goes as it is, without a preview.
async function prepare(file) {
  try {
    return await shrink(file);
  } catch {
    return { file, canvas: null };
  }
}

class Picker {
  constructor(input) {
    this.input = input;
    this.box = input.closest("[data-photos-box]");
    this.list = this.box.querySelector("[data-photos-list]");
    this.said = this.box.querySelector("[data-photos-said]");
    this.max = input.multiple ? Number(input.dataset.photosMax) || MAX_DEFAULT : 1;
    this.photos = [];
    this.box.dataset.ready = "";
    input.addEventListener("change", () => this.add([...input.files]));
  }

  async add(files) {
    this.box.setAttribute("aria-busy", "true");
    this.said.textContent = "";
    if (this.max === 1) this.photos = [];
    for (const file of files) await this.addOne(file);
    this.show();
    this.box.removeAttribute("aria-busy");
  }

  async addOne(file) {
    if (this.photos.length >= this.max) {
      this.said.textContent = this.box.dataset.full.replace("%(n)s", this.max);
      return;
    }
    const photo = await prepare(file);
    if (photo.file.size > HEAVIEST) this.said.textContent = this.box.dataset.heavy + file.name;
    else this.photos.push(photo);
  }

  remove(photo) {
    this.photos = this.photos.filter((other) => other !== photo);
    this.show();
    this.input.focus();
  }

  // The input itself carries the shrunk files, so the form is sent as any other.
  show() {
    const transfer = new DataTransfer();
    for (const photo of this.photos) transfer.items.add(photo.file);
    this.input.files = transfer.files;
    this.list.replaceChildren(...this.photos.map((photo) => this.item(photo)));
  }

  item(photo) {
    const item = document.createElement("li");
    item.className = "photos__item";
    if (photo.canvas) {
      photo.canvas.setAttribute("role", "img");
      photo.canvas.setAttribute("aria-label", photo.file.name);
      item.append(photo.canvas);
    } else {
      item.append(label(photo.file.name));
    }
    item.append(this.remover(photo));
    return item;
  }

  remover(photo) {
    const button = document.createElement("button");
    button.type = "button";
    button.className = "photos__remove";
    button.setAttribute("aria-label", `${this.box.dataset.remove} ${photo.file.name}`);
    button.addEventListener("click", () => this.remove(photo));
    return button;
  }
}

function label(text) {
  const name = document.createElement("span");
  name.className = "photos__name";
  name.textContent = text;
  return name;
}

const picked = new WeakSet();

function begin() {
  for (const input of document.querySelectorAll("input[type=file][data-photos]")) {
    if (picked.has(input)) continue;
    picked.add(input);
    new Picker(input);
  }
}

begin();
document.addEventListener("htmx:after:swap", begin);
