"""What the Python programs of the bench share: the laboratory's place, and reading images from the registry."""

import json
import os
import urllib.request
from pathlib import Path

LAB = Path(
    os.environ.get("IMAGE_LAB")
    or Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "image-lab"
)
REGISTRY = "localhost:5000"
WORKLOADS = ("w1-copy", "w2-run-small", "w3-apt", "w4-multistage", "w5-big", "w6-seed")
MANIFESTS = "application/vnd.docker.distribution.manifest.v2+json, application/vnd.oci.image.manifest.v1+json"


def chosen(names, parser):
    """The workloads that names mean, which may be as short as w1; all of them when there are no names."""
    for name in names:
        if not any(name in (w, w.split("-")[0]) for w in WORKLOADS):
            parser.error(f"no workload {name}; there are {', '.join(WORKLOADS)}")
    return [w for w in WORKLOADS if not names or w in names or w.split("-")[0] in names]


def split(reference):
    """host:port/name:tag to its three parts; no tag means latest."""
    host, _, rest = reference.partition("/")
    name, _, tag = rest.partition(":")
    return host, name, tag or "latest"


def manifest(reference):
    host, name, tag = split(reference)
    request = urllib.request.Request(f"http://{host}/v2/{name}/manifests/{tag}", headers={"Accept": MANIFESTS})
    with urllib.request.urlopen(request) as answer:
        return json.load(answer)


def open_blob(reference, digest):
    host, name, _ = split(reference)
    return urllib.request.urlopen(f"http://{host}/v2/{name}/blobs/{digest}")


def config(reference, image):
    with open_blob(reference, image["config"]["digest"]) as answer:
        return json.load(answer)
