# SPDX-License-Identifier: Apache-2.0
"""Faults of releases, flash and trials: everything was reached and read, and there is still no update."""
from world import CLASS, fault


def offer(w, name="lamp-1.1.0", *options):
    w.flash("lamp-1.0.0", *options)
    w.aloft("publish", f"{w.prepared}/{name}")
    w.serve()


@fault("wrong-class", "A manifest for another class of devices")
def wrong_class(w):
    w.flash("lamp-1.0.0-b")
    w.aloft("publish", f"{w.prepared}/lamp-1.1.0")
    w.sh(f"cd {w.site}/acme.example/lamp; mkdir -p b; cp -r a/stable b/")
    w.serve()
    w.doctor("MANIFEST_CLASS", "!! decision", "for another class or channel", options=("--class", "acme.example/lamp/b"))
    w.device("MANIFEST_CLASS", "for another class or channel")
    w.server_says()
    w.explain("a file in the wrong folder")


@fault("wrong-channel", "A manifest for another channel")
def wrong_channel(w):
    w.flash("lamp-1.0.0")
    w.aloft("publish", f"{w.prepared}/lamp-1.1.0")
    w.sh(f"cd {w.site}/{CLASS}; cp -r stable beta")
    w.serve()
    w.doctor("MANIFEST_CLASS", "!! decision", "for another class or channel", options=("--channel", "beta"))
    w.device("MANIFEST_CLASS", "for another class or channel", options=("--channel", "beta"))
    w.server_says()
    w.explain("a file in the wrong folder")


@fault("unknown-channel", "A channel that the firmware does not know")
def unknown_channel(w):
    offer(w)
    w.doctor("HTTP_NOT_FOUND", "!! http", "404", options=("--channel", "nightly"))
    w.device("CONFIG_CHANNEL", "The channel nightly is not one that this firmware knows", options=("--channel", "nightly"))
    w.server_says()
    w.explain("Choose a channel")


@fault("unknown-key", "A release that is signed with a key which the device does not know")
def unknown_key(w):
    w.flash("lamp-1.0.0")
    w.sh(f"mkdir -p {w.site}; cp -r {w.prepared}/other/site/. {w.site}/")
    w.web()
    base = "https://updates.example:4443/truth"
    w.doctor("SIGNER_UNKNOWN", "!! manifest", "0 of 1", base=base)
    w.device("SIGNER_UNKNOWN", "0 of 1", base=base)
    w.explain("aloft key list")


@fault("bad-signature", "A manifest that was changed after signing")
def bad_signature(w):
    w.flash("lamp-1.0.0")
    w.aloft("publish", f"{w.prepared}/lamp-1.1.0")
    w.web()
    base = "https://updates.example:4443/forged"
    w.doctor("SIGNATURE_BAD", "!! manifest", "changed after signing", base=base)
    w.device("SIGNATURE_BAD", "changed after signing", base=base)
    w.explain("somebody alters traffic")


@fault("older-release", "A server that offers an older release than the device has confirmed")
def older_release(w):
    w.flash("lamp-1.0.0")
    w.aloft("publish", f"{w.prepared}/lamp-1.0.0")
    w.sh(f"cp -r {w.site} {w.folder}/old-site")
    w.aloft("publish", f"{w.prepared}/lamp-1.1.0")
    w.web()
    base = "https://updates.example:4443/truth"
    w.device(None, "1.1.0 confirmed: it stays", base=base)
    w.sh(f"rm -r {w.site}; cp -r {w.folder}/old-site {w.site}")
    w.doctor(None, "older than what runs", "1.1.0", base=base, options=("--running", f"{w.prepared}/lamp-1.1.0"))
    w.device("ROLLBACK_REFUSED", "older than what this device has already confirmed", base=base)
    w.explain("aloft publish --again")


@fault("full-slot", "An image that is larger than the slot")
def full_slot(w):
    offer(w, "lamp-1.1.0-big", "--slot-size", "1M")
    w.sh(f"sed -i 's/^channels = stable, beta/&\\nslot-size = 1M/' {w.project}/aloft.conf")
    w.doctor("MANIFEST_SIZE", "!! decision", "the slot only 1048576")
    w.device("MANIFEST_SIZE", "the slot only 1048576")
    w.server_says()
    w.explain("Make the image smaller")


@fault("flash-error", "A flash that refuses to be written")
def flash_error(w):
    offer(w)
    # flash.bin: 8 KiB of log, slot A of 4 MiB, slot B; from 4300 KiB on this process may write nothing
    limit = ("sh", "-c", "trap '' XFSZ; ulimit -f 8600; exec \"$@\"", "sh")
    w.doctor(None, "would now update to 1.1.0")
    w.device("FLASH_ERASE", "refused to be erased at offset", before=limit)
    w.server_says(without=" from 0 on")  # how much of it the kernel took is chance
    w.explain("worn out")


def trial(w, how, error, *words):
    offer(w, f"lamp-1.1.0-{how}")
    w.device(error, *words, options=("--watchdog", "3") if how == "hang" else (), environment={"ALOFT_TRIAL_S": "10"})
    w.server_says("1.1.0")
    w.explain(*words[:1], "the download: the image was written and proven")


@fault("crashing-image", "An image that crashes in its trial, and again")
def crashing_image(w):
    trial(w, "crash", "TRIAL_CRASHED", "crashed before it had confirmed itself", "went back to 1.0.0")
    w.device("TRIAL_WAITS", "failed its trial here")


@fault("hanging-image", "An image that hangs in its trial")
def hanging_image(w):
    trial(w, "hang", "TRIAL_HUNG", "hung before it had confirmed itself", "went back to 1.0.0")


@fault("sick-image", "An image whose self-test says that it is not well")
def sick_image(w):
    trial(w, "sick", "TRIAL_SICK", "said itself that it is not well", "went back to 1.0.0")


@fault("silent-image", "An image that never confirms itself")
def silent_image(w):
    trial(w, "silent", "TRIAL_SILENT", "never said whether it is well", "went back to 1.0.0")
