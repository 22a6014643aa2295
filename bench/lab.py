"""What the Python programs of the bench share: the laboratory's place, and reading images from the registry."""

import json
import os
import re
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

PROJECT = Path(__file__).resolve().parent.parent
RESULTS = PROJECT / "docs/benchmarks.md"
LOAD = os.getloadavg()[0]
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


def circumstances(what, work):
    """A line for the results: what was measured, when and on which machine."""
    def first_line(*command):
        return subprocess.run(command, capture_output=True, text=True).stdout.partition("\n")[0]

    memory = int(re.search(r"MemTotal:\s+(\d+)", Path("/proc/meminfo").read_text())[1]) / 1e6
    return (
        f"{time.strftime('%Y-%m-%d')}, {what}; "
        f"{os.cpu_count()} cores, {memory:.0f} GB, {first_line('findmnt', '-n', '-o', 'FSTYPE', '-T', str(work))}, Linux {os.uname().release}, "
        f"{first_line('buildah', '--version')}. Load before the first run: {LOAD:.1f}."
    )


def write_results(section, text):
    """Replaces what stands between the section's markers."""
    page = RESULTS.read_text()
    begin, end = f"<!-- {section} -->", f"<!-- end of {section} -->"
    if begin not in page or end not in page:
        sys.exit(f"tried to write {RESULTS}, but it has no {begin} ... {end}; put the two lines where the table belongs")
    head, tail = page.partition(begin)[0], page.partition(end)[2]
    RESULTS.write_text(f"{head}{begin}\n{text}\n{end}{tail}")
    print(f"written to {RESULTS}")
