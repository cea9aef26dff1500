# SPDX-License-Identifier: Apache-2.0
# A firmware image for tests of the host: noise, the image record, a trust record, noise. It does not run.
#
#   make_image OUT CLASS VERSION SIZE [KEY.pub...]     environment: T (threshold, 1), EPOCH (1), LOWEST (0),
#                                                      GONE (key ids, blanks between), SEED,
#                                                      ENCODINGS (1)
# Without keys there is no trust record. SEED makes other noise for the same version.
make_image() {
    T=${T:-1} EPOCH=${EPOCH:-1} LOWEST=${LOWEST:-0} GONE=${GONE:-} SEED=${SEED:-1} ENCODINGS=${ENCODINGS:-1} python3 - "$@" <<'PY'
import hashlib, os, random, struct, subprocess, sys

out, device_class, version, size = sys.argv[1:4] + [int(sys.argv[4])]
magic = bytes([0x41, 0x4c, 0x4f, 0x46, 0x54, 13, 10, 26, 0xd6, 0x1b]) + b"image\1"
record = magic + bytes([1, 0, 0, 0, int(os.environ["ENCODINGS"]), 0, 0, 0]) + struct.pack(
    "64s32s32s", device_class.encode(), version.encode(), b"made for a test")

def key(file):
    der = subprocess.run(["openssl", "pkey", "-pubin", "-in", file, "-outform", "DER"],
                         check=True, capture_output=True).stdout
    kid = hashlib.sha256(der).digest()[:8]
    if len(der) == 44:
        return kid + bytes([2, 1]) + bytes(6) + der[-32:] + bytes(32)
    return kid + bytes([1, 1]) + bytes(6) + der[-64:]

trust = b""
if len(sys.argv) > 5:
    env = os.environ
    gone = [bytes.fromhex(g) for g in env["GONE"].split()]
    keys = [key(f) for f in sys.argv[5:]]
    trust = b"ALOFTKEY" + bytes([1, int(env["T"]), len(keys), 0, len(gone), 0, 0, 0])
    trust += struct.pack("<QII", int(env["LOWEST"]), int(env["EPOCH"]), 0)
    trust += b"".join(keys) + b"".join(gone)
    trust += hashlib.sha256(trust).digest()[:8]
noise = random.Random(version + device_class + os.environ["SEED"]).randbytes(
    max(0, size - len(record) - len(trust) - 8))
half = len(noise) // 2 & ~3
image = noise[:half] + record + trust + bytes(8) + noise[half:]
with open(out, "wb") as file:
    file.write(image)
PY
}
