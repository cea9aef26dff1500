/* SPDX-License-Identifier: Apache-2.0 */
/* The same device under a boot loader that is not ours, ESP-IDF's: its two notes (otadata) decide which slot starts, the
 * record is the diary. Both are written in the orders of src/device/foreign.c and esp32/component/loader.c, with the
 * power going in each operation as often as it likes. I1 to I6 of DESIGN.md are assertions, for spin to check in each
 * state that there is.
 *
 * A note is erased before it is written, and its check covers the number only. Of the numbers only the order is kept.
 * Appends to the record are one step, and what a mirror may replay is in update.pml: here a release is offered until it
 * is installed or given up. Notes that read otherwise later and boards with a factory image are left to test/esp. */

#ifndef ROLLBACK
#define ROLLBACK 1 /* 0: a boot loader that takes no image back */
#endif
#define RELEASES 2
#define COLD_MAX 1 /* 10 in the record: how many there are changes no order */
#define STARTS   (9 + COLD_MAX) /* and a fourth start of a trial that is sent home at once */

#define SCRAP 15 /* bytes that the loader does not start */
#define EVIL  14 /* a whole image that nobody signed: a mirror's, not yet read back */
#define NONE  2

#define IDLE  0
#define FILL  1
#define TRIAL 2
#define KEPT  3

/* what a note says; as much as its number cannot be read is BAD, where the rest is torn UNDEFINED */
#define BLANK     0
#define BAD       1
#define FAILED    2
#define NEW       3
#define PENDING   4
#define VALID     5
#define UNDEFINED 6

/* the record */
bool has_record;
byte phase, home, boots, fails, cold, floor, skipped;
byte sequence[2];
bool known[2];

/* the flash */
byte holds[2];
byte note[2], names[2];
bit newer; /* the entry with the higher number */

/* what the assertions need, and no device knows */
byte starts, proven;
bool over[RELEASES + 1], ran[16];
bool has_rotted;
byte refused; /* the release that the loader does not start, 0: none */
bool is_late; /* and ESP-IDF's call, which looks at it too, does not say so */

#define other           (1 - home)
#define is_right(slot)  (known[slot] && holds[slot] == sequence[slot])
#define starts_as(slot) (holds[slot] != SCRAP && (refused == 0 || holds[slot] != refused))

#define readable(e)  (note[e] > BAD)
#define may_start(e) (note[e] > FAILED)
#define deciding     (may_start(0) && may_start(1) -> newer : (may_start(0) -> 0 : (may_start(1) -> 1 : NONE)))
#define is_named(s)  (deciding != NONE && names[deciding] == (s))
#define is_pending(e) (note[e] == NEW || note[e] == PENDING)
#define is_open(s)   ((is_pending(0) && names[0] == (s)) || (is_pending(1) && names[1] == (s)))

inline raise(what, to) {
    if
    :: to > what -> what = to
    :: else
    fi
}

/* What stands about a slot; of two notes the one that decides says more. */
inline look(slot) {
    d_step {
        at = deciding;
        named = (at == NONE -> running : names[at]);
        if
        :: at != NONE && names[at] == slot -> word = note[at]
        :: else ->
            if
            :: readable(1) && names[1] == slot -> word = note[1]
            :: else ->
                if
                :: readable(0) && names[0] == slot -> word = note[0]
                :: else -> word = BLANK
                fi
            fi
        fi
    }
}

/* ---- one operation on a note, which the power may cut */

chan flash = [0] of { byte, byte, byte, bit, bool };
chan returned = [0] of { bool };

/* Erases an entry, and then writes it. A cut leaves what was there, what was to come, or something between. */
active proctype chip() {
    byte e, slot, word;
    bit higher;
    bool is_erase, is_cut;

    do
    :: flash?e, slot, word, higher, is_erase ->
        atomic {
            if
            :: note[e] = BLANK
            :: is_cut = true
            :: is_cut = true; note[e] = BAD
            :: note[e] > BAD -> is_cut = true; note[e] = UNDEFINED
            fi
        }
        if
        :: !is_cut && !is_erase ->
            atomic {
                names[e] = slot;
                newer = higher;
                if
                :: note[e] = word
                :: is_cut = true
                :: is_cut = true; note[e] = BAD
                :: is_cut = true; note[e] = UNDEFINED
                fi
            }
        :: else
        fi;
        returned!is_cut;
        is_cut = false
    od
}

inline wait_for_it() {
    returned?cut;
    if
    :: cut -> goto off
    :: else
    fi
}

inline erase(e) { flash!e, 0, 0, 0, true; wait_for_it() }

/* `higher` is the entry with the higher number from now on */
inline write(e, slot, word, higher) { flash!e, slot, word, higher, false; wait_for_it() }

inline write_again(e, word) { write(e, names[e], word, newer) }

/* Where no note decides, the first one gets number 1 or 2, which is below what the second may still hold. */
inline write_first(slot, word) {
    if
    :: names[1] == slot -> write(0, slot, word, 0)
    :: else -> write(0, slot, word, 1)
    fi
}

/* ---- esp32/component/loader.c, over ESP-IDF's two calls */

inline set_boot(slot) {
    at = deciding;
    if
    :: at == NONE -> write_first(slot, NEW)
    :: at != NONE && names[at] == slot -> write_again(at, NEW)
    :: at != NONE && names[at] != slot -> write(1 - at, slot, NEW, 1 - at)
    fi
}

inline bury(e) {
    if
    :: readable(e) -> write_again(e, FAILED)
    :: else -> erase(e)
    fi;
    sure[e] = true
}

inline go_back(slot) {
    at = deciding;
    if
    :: is_named(slot) ->
        if
        :: !may_start(0) && !sure[0] -> bury(0)
        :: else
        fi;
        if
        :: !may_start(1) && !sure[1] -> bury(1)
        :: else
        fi
    :: !is_named(slot) && at != NONE && may_start(1 - at) && names[1 - at] == slot -> bury(at)
    :: else ->
        if
        :: starts_as(slot) -> set_boot(slot)
        :: else
        fi
    fi
}

/* Fails, and changes nothing, where the note that decides names another slot. */
inline confirm_note() {
    at = deciding;
    if
    :: at == NONE || names[at] != running
    :: else ->
        if
        :: note[at] != VALID && note[at] != UNDEFINED -> write_again(at, VALID)
        :: (note[at] == VALID || note[at] == UNDEFINED) && !sure[0] && !sure[1] && may_start(1 - at) ->
            write_again(at, note[at])

        :: else
        fi;
        sure[at] = true
    fi
}

/* ---- the record */

inline fail_trial() { d_step { phase = KEPT; fails++; assert(fails <= 3) } }

inline confirm_record() {
    d_step {
        home = running;
        phase = IDLE;
        raise(floor, sequence[home]);
        raise(proven, sequence[home]);
        ran[holds[home]] = true;
        assert(!over[sequence[home]]);
        fails = 0;
        cold = 0;
        starts = 0
    }
}

/* T10: home moves only where it does not start (I2). */
inline rehome() {
    d_step {
        assert(!starts_as(home));
        home = running;
        phase = IDLE
    }
}

active proctype device() {
    byte running, at, offer, named, word;
    bool by_power, cut, sure[2];

    ran[0] = true;
    note[0] = BLANK;
    names[1] = 1;
    if
    :: refused = 0
    :: refused = 1
    :: refused = 1; is_late = true
    fi;

off:
    by_power = true;
boot:
    /* ---- ESP-IDF's boot loader */
    sure[0] = false;
    sure[1] = false;
    if
    :: ROLLBACK && note[0] == PENDING -> write_again(0, FAILED)
    :: else
    fi;
    if
    :: ROLLBACK && note[1] == PENDING -> write_again(1, FAILED)
    :: else
    fi;
    at = deciding;
    running = (at == NONE -> 0 : names[at]);
    if
    :: ROLLBACK && at != NONE && note[at] == NEW -> write_again(at, PENDING)
    :: else
    fi;
    assert(starts_as(0) || starts_as(1));               /* I1 */
    running = (starts_as(running) -> running : 1 - running);
    if
    :: note[0] == BLANK && note[1] == BLANK -> write_first(running, VALID)
    :: else
    fi;
    assert(holds[running] != EVIL);                     /* I2, I6 */

    /* ---- src/device/foreign.c: what this start means */
    look(other);
    if
    :: !has_record -> home = running; goto agreed
    :: has_record && phase == TRIAL && running == other -> goto away
    :: has_record && phase == TRIAL && running == home -> goto back
    :: has_record && phase != TRIAL && running == other -> /* T10, and T13 as a cable does it */
        rehome();
        goto stay
    :: has_record && phase != TRIAL && running == home ->
        if
        :: named == other -> goto stay
        :: else -> goto agreed
        fi
    fi;

away:
    if
    :: named == other && word == VALID -> goto well     /* the confirm was cut between its halves */
    :: named == home -> rehome(); goto stay             /* home was named and did not start */
    :: named == other && word != VALID && boots >= 3 -> goto leave /* used up */
    :: named == other && word != VALID && boots < 3 ->
        starts++;
        assert(starts <= STARTS);                       /* I3 */
        assert(sequence[other] >= floor && sequence[other] > skipped); /* I5 */
        assert(!over[sequence[other]]);
        assert(is_right(running));                      /* I2 */
        d_step {                                        /* T4; a loader that takes it back gives one start */
            if
            :: by_power && word != PENDING && (boots > 0 || cold > 0) && cold < COLD_MAX -> cold++
            :: else -> boots++
            fi
        };
        if                                              /* the trial */
        :: goto off
        :: by_power = false; goto boot                  /* it crashed, hung, or restarted */
        :: goto leave                                   /* it said so, or nothing */
        :: goto well
        fi
    fi;

well:                                                   /* T5: the loader first, then the record */
    assert(is_right(running));
    confirm_note();
    confirm_record();
    goto agreed;

leave:                                                  /* T6, the same */
    go_back(home);
    fail_trial();
    by_power = false;
    goto boot;

back:
    if
    :: named == other -> goto stay                      /* it did not start */
    :: named == home && ((word == BLANK && boots < 3) || word == VALID || (word > FAILED && boots == 0)) &&
       cold < COLD_MAX ->
        cold++;                                         /* torn, or not told: once more */
        goto try_it
    :: else
    fi;
    go_back(running);
    if
    :: word == FAILED && by_power && cold < COLD_MAX -> d_step { cold++; phase = KEPT }
    :: else -> fail_trial()
    fi;
    goto agreed;

stay:
    go_back(running);
    confirm_note();
    if
    :: phase == TRIAL -> fail_trial()
    :: else
    fi;

agreed:
    if
    :: is_named(running) && running == home && is_open(running) -> confirm_note()
    :: else
    fi;
    if
    :: phase == KEPT && fails >= 3 ->                   /* T8 */
        d_step { phase = IDLE; over[sequence[other]] = true; raise(skipped, sequence[other]) }
    :: else
    fi;
    assert(running == home && phase != TRIAL);          /* I2 */
    assert(floor >= proven);                            /* I4 */
    assert(deciding == NONE || is_named(running));
    if
    :: goto off
    :: by_power = false; goto boot
    :: phase == KEPT && fails < 3 && is_right(other) -> /* T7 */
        d_step { phase = TRIAL; boots = 0 };
        goto try_it
    :: phase == IDLE && !has_rotted && is_right(other) && ran[holds[other]] && starts_as(other) ->
        d_step { has_rotted = true; holds[home] = SCRAP };
        goto off
    :: phase != KEPT ->
        select(offer : 1 .. RELEASES);
        if
        :: offer > skipped && offer > floor && (phase == IDLE || sequence[other] <= offer) -> goto take
        :: else -> goto agreed
        fi
    fi;

take:
    assert(!is_open(0) && !is_open(1));
    if
    :: phase == FILL && sequence[other] == offer
    :: else ->                                          /* T1 */
        d_step {
            if
            :: fails > 0 || cold > 0 -> raise(skipped, sequence[other]); over[sequence[other]] = true
            :: else
            fi;
            has_record = true;
            phase = FILL;
            sequence[other] = offer;
            known[other] = true;
            fails = 0;
            cold = 0;
            starts = 0
        }
    fi;
    holds[other] = SCRAP;
    if
    :: goto off
    :: goto agreed
    :: holds[other] = EVIL
    :: holds[other] = offer
    fi;
    if
    :: goto off
    :: !is_right(other) -> goto agreed                  /* I6 */
    :: is_right(other) ->
        d_step { phase = TRIAL; boots = 0 }             /* T3: the record first, then the loader is told */
        goto try_it
    fi;

try_it:                                                 /* what the loader refuses ends the trial */
    if
    :: deciding == NONE -> write_first(running, VALID)
    :: else
    fi;
    if
    :: starts_as(other) || (is_late && holds[other] != SCRAP) ->
        set_boot(other);
        by_power = false;
        goto boot
    :: else -> fail_trial(); goto agreed
    fi
}
