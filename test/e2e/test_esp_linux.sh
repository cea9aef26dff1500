# SPDX-License-Identifier: Apache-2.0
# Target linux of ESP-IDF: the component's own loader starts what is in a slot, once until it is confirmed, and goes back.
# The flash file is a stand-in of ESP-IDF's; the programs in the slots are real.
set -eu
firmware=$ALOFT_BUILD/esp_linux_firmware
tmp=$(mktemp -d /tmp/aloft-esp-linux-XXXXXX)
trap 'rm -rf "$tmp"' EXIT
trap 'exit 130' INT TERM HUP
cd "$tmp"

# switch_on WORD...: a person starts the firmware, which does these words; then its output must be standard input
switch_on() {
    echo "$@" >script
    cat >wanted
    flash=
    [ ! -f flash.bin ] || flash=flash.bin
    env -u ALOFT_ESP_SLOT ESP_SCRIPT=script ${flash:+ALOFT_ESP_FLASH=$flash} timeout 20 "$firmware" >said 2>&1 ||
        { cat said >&2; echo "with \"$*\" it ended badly" >&2; exit 1; }
    diff wanted said >&2 || { echo "with \"$*\" it said otherwise" >&2; exit 1; }
}

# the program that a person starts is the factory image; nothing in a slot is started before it is whole
switch_on garbage1 try1 install1 try1 restart end <<END
The flash is a new file. To start with it again: ALOFT_ESP_FLASH=flash.bin
running -1, noted none none
try1: 070b
running 1, noted none pending
END

# the power goes before it has said that it is well: one start only, then the factory image again
switch_on end <<END
running -1, noted none failed
END

# tried again, confirmed: it starts from now on
switch_on try1 restart confirm restart end <<END
running -1, noted none failed
running 1, noted none pending
running 1, noted none valid
END
switch_on end <<END
running 1, noted none valid
END

# an application that restarts by ESP-IDF's own call goes on in the same process, and knows that nobody pulled a plug
switch_on why idf why end <<END
running 1, noted none valid
power
running 1, noted none valid
software
END

# a second update into the other slot that goes back by itself
switch_on install0 try0 restart back1 restart end <<END
running 1, noted none valid
running 0, noted pending valid
running 1, noted failed valid
END

# and one that is lost without a word
switch_on try0 restart end <<END
running 1, noted failed valid
running 0, noted pending valid
END
switch_on end <<END
running 1, noted failed valid
END

# a crash restarts as it does on a chip, also of a program that is on trial: the loader goes back, and says why
switch_on try0 restart crash why crash why end <<END
running 1, noted failed valid
running 0, noted pending valid
running 1, noted failed valid
crash
running 1, noted failed valid
crash
END
