#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The gallery: every fault is made for real, and what doctor, device, server and explain say of it is compared with
test/golden/gallery.   run.py [--update] [--keep] [NAME]...
Each fault has network and mount namespaces of its own, so many run at once; nothing leaves them."""
import concurrent.futures
import difflib
import os
import shutil
import subprocess
import sys
import tempfile

sys.dont_write_bytecode = True
import world  # noqa: E402
import faults_net  # noqa: E402,F401
import faults_tls  # noqa: E402,F401
import faults_http  # noqa: E402,F401
import faults_update  # noqa: E402,F401

GOLDEN = "test/golden/gallery"
AT_ONCE = 12  # most of them only wait
FAULT_S = 200
OWN = ["unshare", "-n", "-m", "--propagation", "private"] if os.geteuid() == 0 else ["unshare", "-r", "-n", "-m"]


def skip(why):
    print(f"skipped: {why}")
    sys.exit(77)


def check_machine():
    for program in ("unshare", "nsenter", "ip", "ss", "nft", "curl", "openssl"):
        if shutil.which(program) is None:
            skip(f"there is no {program} on this machine")
    if subprocess.run([*OWN, "nft", "add", "table", "inet", "t"], capture_output=True, check=False).returncode != 0:
        skip("this machine gives no network namespaces with nft, as containers without privileges do")


def build(folder):
    """A project, its certificate, releases and the firmware that the faults want."""
    def run(*command, **environment):
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
                       env={**os.environ, **environment})

    def lamp(project, name, *options, **environment):
        run("sh", "examples/build.sh", project, "test/gallery/lamp.c", f"{folder}/lamp-{name}",
            f"-DVERSION=\"{name.split('-')[0]}\"", *options, **environment)

    project = f"{folder}/p"
    run(world.ALOFT, "init", project, "--host", world.HOST, "--host", world.SERVER, "--class", world.CLASS)
    with open(f"{project}/aloft.conf", "r+", encoding="utf-8") as file:
        text = file.read().replace("channels = stable", "channels = stable, beta")
        file.seek(0)
        file.write(f"{text}\n[class acme.example/lamp/b]\nchannels = stable\n")
    lamp(project, "1.0.0-b", "-DDOES=well", CLASS="acme.example/lamp/b")
    lamp(project, "1.0.0", "-DDOES=well")
    lamp(project, "1.1.0", "-DDOES=well")
    for how in ("sick", "crash", "hang", "silent"):
        lamp(project, f"1.1.0-{how}", f"-DDOES={how}")
    lamp(project, "1.1.0-big", "-DDOES=well", "-DBALLAST=1000000")
    run("cc", "-shared", "-fPIC", "-O2", "-o", f"{folder}/clock_1970.so", "test/gallery/clock_1970.c")
    other = f"{folder}/other"
    run(world.ALOFT, "init", other, "--host", world.HOST, "--class", world.CLASS)
    lamp(other, "1.1.0-other", "-DDOES=well")
    run(world.ALOFT, "-C", other, "publish", f"{folder}/lamp-1.1.0-other")


def inside(name, folder, prepared):
    """In the fault's own namespaces: prints what was said; exit code 1 with the reason at the end."""
    title, function, _ = world.FAULTS[name]
    place = world.World(folder, prepared)
    try:
        function(place)
        print(f"{title}\n\n{place.story()}", end="")
        return 0
    except (world.Wrong, subprocess.TimeoutExpired) as why:
        print(f"{place.story()}\nFAILED: {why}")
        return 1
    finally:
        place.end()


def make(name, folder, prepared):
    own = f"{folder}/{name}"
    os.mkdir(own)
    try:
        done = subprocess.run([*OWN, sys.executable, __file__, "--inside", name, own, prepared], timeout=FAULT_S,
                              stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False)
        return done.returncode, done.stdout.decode(errors="replace")
    except subprocess.TimeoutExpired as why:
        return 1, f"{(why.stdout or b'').decode(errors='replace')}\nFAILED: took longer than {FAULT_S} s"


def judge(name, code, said, update):
    """Gives what is wrong, or None."""
    path = f"{GOLDEN}/{name}.txt"
    if code != 0:
        return said
    if update:
        with open(path, "w", encoding="utf-8") as file:
            file.write(said)
        return None
    golden = open(path, encoding="utf-8").read() if os.path.exists(path) else ""
    if golden == said:
        return None
    return "".join(difflib.unified_diff(golden.splitlines(True), said.splitlines(True), path, "what is said now"))


def main(arguments):
    if arguments[:1] == ["--inside"]:
        return inside(*arguments[1:])
    update = "--update" in arguments
    wanted = [a for a in arguments if not a.startswith("--")] or list(world.FAULTS)
    check_machine()
    folder = tempfile.mkdtemp(prefix="aloft-gallery-")
    n_wrong = 0
    try:
        os.mkdir(f"{folder}/prepared")
        build(f"{folder}/prepared")
        os.makedirs(GOLDEN, exist_ok=True)
        wanted.sort(key=lambda name: -world.FAULTS[name][2])
        with concurrent.futures.ThreadPoolExecutor(AT_ONCE) as pool:
            runs = {pool.submit(make, name, folder, f"{folder}/prepared"): name for name in wanted}
            for run in concurrent.futures.as_completed(runs):
                wrong = judge(runs[run], *run.result(), update)
                n_wrong += wrong is not None
                print(f"{'ok    ' if wrong is None else 'WRONG '} {runs[run]}", flush=True)
                if wrong is not None:
                    print(wrong, flush=True)
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    missing = {f[:-4] for f in os.listdir(GOLDEN)} ^ set(world.FAULTS)
    if missing:
        print(f"WRONG  in the gallery and not in {GOLDEN}, or the other way round: {', '.join(sorted(missing))}")
    print(f"{len(wanted)} faults, {n_wrong} wrong; after a change on purpose: test/gallery/run.py --update")
    return 1 if n_wrong or (missing and not update) else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
