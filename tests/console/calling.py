"""A caller's way into the intake form, as the browser takes it."""

import io
import re

from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image

FIND, NEW = "/console/workbench/find/", "/console/workbench/new/"
NEEDS, REGISTER = "/console/workbench/needs/", "/console/workbench/people/"


def look_up(browser, number="13812345678"):
    return browser.send(FIND, q=number)


def picture(name="photo.jpg", kind="JPEG"):
    out = io.BytesIO()
    Image.new("RGB", (40, 30), "red").save(out, kind)
    return SimpleUploadedFile(name, out.getvalue(), "image/jpeg")


def form_of(page):
    """The hidden and chosen values of the intake form as the browser would send them."""
    form = page.text.split('data-draft="intake-')[1].split("</form>")[0]
    found = dict(re.findall(r'type="hidden" name="(\w+)" value="([^"]*)"', form))
    home = re.search(r'name="home" value="([^"]+)"[^>]*checked', form)
    return {**found, **({"home": home.group(1)} if home else {})}


def told(page, **fields):
    return {
        **form_of(page),
        "kind": "complaint",
        "category": "noise",
        "channel": "hotline",
        "body": "楼上装修太吵",
        **fields,
    }
