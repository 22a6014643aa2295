"""The engines of the bench, and how they are run and measured."""

import ctypes
import os
import pwd
import shutil
import signal
import subprocess
import threading
import time
from pathlib import Path

from lab import LAB, PROJECT, REGISTRY

TIMEOUT_S = 900
POLL_S = 0.05
LIBC = ctypes.CDLL(None)

# Where an engine finds what it made before: in its own store alone, or in a repository as well.
LOCAL = "local"


def packaged(parser):
    """The executor, if it is packaged."""
    jars = sorted(PROJECT.glob("target/kaniko-build-*-executor.jar"))
    if not jars:
        parser.error("the executor is not packaged; run mvn -B -q -DskipTests package")
    return jars[-1]


class Buildah:
    """One layer for each instruction, overlay storage, chroot isolation: what it does best as root without a daemon."""

    name = "buildah"
    user = None

    def __init__(self):
        self.program = Path(shutil.which("buildah")).resolve()

    def prepare(self, context):
        self.context = context
        # It remembers where blobs were seen; a cold build must not know.
        Path("/var/lib/containers/cache/blob-info-cache-v1.boltdb").unlink(missing_ok=True)

    def environment(self):
        return {"REGISTRY_AUTH_FILE": str(LAB / "auth.json"), "TMPDIR": str(LAB / "tmp")}

    def commands(self, store, destination, cache=None):
        storage = [str(self.program), "--root", f"{store}/root", "--runroot", f"{store}/run", "--storage-driver", "overlay"]
        build = ["build", "--isolation", "chroot", "--network", "host", "--format", "docker", "--layers=true"]
        if cache and cache != LOCAL:
            build += ["--cache-from", cache, "--cache-to", cache]
        yield [*storage, *build, "--tls-verify=false", "-t", "bench", "-f", f"{self.context}/Dockerfile", str(self.context)]
        yield [*storage, "push", "--tls-verify=false", "bench", f"docker://{destination}"]

    def leftovers(self, store):
        for mount in reversed(mounts_below(store)):
            subprocess.run(["umount", mount], check=False)
        return ""


class Ours:
    """The packaged executor, with an empty store. With a user, everything lies where that user can read it."""

    name = "ours"

    def __init__(self, jar, java_options, user, work):
        home = subprocess.run(
            ["bash", "-c", ". bin/lib/prerequisites.sh; choose_jdk && echo $JAVA_HOME"],
            cwd=PROJECT, capture_output=True, text=True, check=True,
        ).stdout.strip()
        self.program = Path(home, "bin/java").resolve()
        self.user, self.work = user, work
        self.jar = Path(shutil.copy(jar, work)) if user else jar
        # As bin/executor starts it; making the archive belongs to the installation.
        archive = work / "classes.jsa"
        subprocess.run([self.program, "-jar", self.jar, "--write-class-archive", archive], check=True)
        options = (PROJECT / "bin/lib/jvm-options").read_text().split()
        self.java_options = [*options, f"-XX:SharedArchiveFile={archive}", "-Xlog:cds=off", "-Xlog:cds+dynamic=off", *java_options]

    def prepare(self, context):
        self.context = context
        if self.user:
            self.context = self.work / context.name
            if not self.context.exists():
                subprocess.run(["cp", "-a", context, self.context], check=True)

    def environment(self):
        docker_config = self.work / "docker"
        docker_config.mkdir(exist_ok=True)
        home = pwd.getpwnam(self.user).pw_dir if self.user else os.environ.get("HOME", "/root")
        return {"DOCKER_CONFIG": str(docker_config), "LC_ALL": "C.UTF-8", "HOME": home}

    def commands(self, store, destination, cache=None):
        run_as = ["runuser", "-u", self.user, "--"] if self.user else []
        flags = ["--cache", "--cache-copy-layers", "--cache-repo", cache] if cache else []
        yield [
            *run_as, str(self.program), *self.java_options, "-jar", str(self.jar),
            "--context", str(self.context), "--dockerfile", f"{self.context}/Dockerfile",
            "--destination", destination, "--insecure-registry", REGISTRY, "--store-dir", str(store / "store"), *flags,
        ]  # fmt: skip

    def leftovers(self, store):
        left = mounts_below(store)
        return f"left {len(left)} mounts" if left else ""


def mounts_below(directory):
    """Mount points below a directory in this namespace, parents first."""
    points = [line.split()[1] for line in Path("/proc/self/mounts").read_text().splitlines()]
    return sorted(p for p in points if p.startswith(f"{directory}/"))


def shares_memory(pid, other):
    """Between vfork and exec a child runs in its parent's memory: that is there once, not twice (kcmp(2), KCMP_VM)."""
    number = {"x86_64": 312, "aarch64": 272}.get(os.uname().machine)
    return number is not None and LIBC.syscall(number, pid, other, 1, 0, 0) == 0


class PeakMemory(threading.Thread):
    """The highest sum of the RSS of those descendants of a process that run a given program."""

    def __init__(self, root, program):
        super().__init__(daemon=True)
        self.root, self.peak_mb, self.running = root, 0.0, True
        identity = program.stat()
        self.identity = (identity.st_dev, identity.st_ino)

    def run(self):
        page_mb = os.sysconf("SC_PAGE_SIZE") / 1e6
        while self.running:
            self.peak_mb = max(self.peak_mb, page_mb * sum(self.pages(*p) for p in self.tree()))
            time.sleep(POLL_S)

    def tree(self):
        children = {}
        for entry in os.listdir("/proc"):
            if entry.isdigit():
                try:
                    stat = Path("/proc", entry, "stat").read_text()
                except OSError:
                    continue  # it has ended
                children.setdefault(int(stat.rpartition(")")[2].split()[1]), []).append(int(entry))
        found = [(self.root, 0)]
        for pid, _ in found:
            found.extend((child, pid) for child in children.get(pid, ()))
        return found

    def pages(self, pid, parent):
        try:
            program = os.stat(f"/proc/{pid}/exe")
            if (program.st_dev, program.st_ino) != self.identity:
                return 0
            if parent and shares_memory(pid, parent):
                return 0
            return int(Path(f"/proc/{pid}/statm").read_text().split()[1])
        except OSError:
            return 0  # it has ended


def execute(engine, command, log):
    """Runs one command in a session of its own. Returns status, wall seconds, CPU seconds, peak RSS."""
    start = time.monotonic()
    environment = {**os.environ, **engine.environment()}
    process = subprocess.Popen(
        command, stdin=subprocess.DEVNULL, stdout=log, stderr=log, env=environment, start_new_session=True, cwd="/"
    )
    memory = PeakMemory(process.pid, engine.program)
    memory.start()
    stop = threading.Timer(TIMEOUT_S, os.killpg, (process.pid, signal.SIGTERM))
    stop.start()
    try:
        _, status, usage = os.wait4(process.pid, 0)
    except BaseException:
        os.killpg(process.pid, signal.SIGTERM)
        raise
    finally:
        wall = time.monotonic() - start
        stop.cancel()
        memory.running = False
        memory.join()
    process.returncode = os.waitstatus_to_exitcode(status)
    return process.returncode, wall, usage.ru_utime + usage.ru_stime, memory.peak_mb
