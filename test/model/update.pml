/* SPDX-License-Identifier: Apache-2.0 */
/* Download, switch, boot, confirm, roll back, adopt, fall back, with the power going anywhere: I1 to I6 of DESIGN.md
 * as assertions, for spin to check in each state that there is.
 *
 * An append is one step here: that it is old or new and stays so, is the lemma, and test/power holds it. Time, marks and
 * back-off are left out: whatever may happen after a while may happen at once. No image has a nature: whether it
 * crashes, says that it is sick, or confirms is chosen anew at each start. The mirror offers what it likes. */

#ifndef RELEASES
#define RELEASES 3  /* sequences 1..3; the factory image is sequence 0 */
#endif
#define SCRAP    15 /* bytes that have no signed digest */
#ifndef AGAIN
#define AGAIN 3     /* this release is the image of release 1 again */
#endif
#define image(s) ((s) == AGAIN -> 1 : (s))

#define IDLE  0
#define FILL  1
#define TRIAL 2
#define KEPT  3

/* what the device remembers (records.md) */
byte phase, home, boots, fails, cold, floor, skipped, cand;
byte sequence[2]; /* of the image that belongs to a slot */
bool known[2];    /* the factory image has no digest in the record */

/* what stands in the slots */
byte holds[2];

/* what the assertions need, and no device knows */
byte starts;               /* on trial, of this candidate */
bool over[RELEASES + 1];   /* given up, or replaced after a failed trial */
bool ran[RELEASES + 1];    /* its image has confirmed itself on this device */
byte proven;               /* highest sequence that was confirmed or adopted */
bool has_rotted, kept_has_rotted;

#define other     (1 - home)
#define may_take(s) ((s) >= floor && ((s) > skipped || (s) == floor))
#define is_right(slot) (known[slot] && holds[slot] == image(sequence[slot]))

inline raise(what, to) {
    if
    :: to > what -> what = to
    :: else
    fi
}

/* T4: counted before the jump */
inline count_start(by_power) {
    d_step {
        if
        :: by_power && (boots > 0 || cold > 0) && cold < 10 -> cold++
        :: else -> boots++
        fi;
        starts++;
        assert(starts <= 19);                       /* I3 */
        assert(may_take(sequence[other]));          /* I5 */
        /* I5; after a fallback the release of the floor may come again (R17) */
        assert(!over[sequence[other]] || sequence[other] == floor)
    }
}

inline fail_trial() { d_step { phase = KEPT; fails++; assert(fails <= 3) } }

inline confirm() {
    d_step {
        home = other;
        phase = IDLE;
        assert(sequence[home] >= floor);            /* I4 */
        raise(floor, sequence[home]);
        raise(proven, sequence[home]);
        ran[image(sequence[home])] = true;
        over[sequence[home]] = false;
        fails = 0;
        cold = 0;
        starts = 0
    }
}

/* T1 */
inline begin(s) {
    d_step {
        if
        :: cand != s ->
            if
            :: fails > 0 || cold > 0 ->
                raise(skipped, sequence[other]);
                over[sequence[other]] = true
            :: else
            fi;
            fails = 0;
            cold = 0;
            starts = 0
        :: else
        fi;
        phase = FILL;
        sequence[other] = s;
        known[other] = true;
        cand = s
    }
}

active proctype device() {
    byte running, offer;
    bool by_power, on_trial;

off:
    by_power = true;
boot:
    on_trial = false;
    if
    :: phase == TRIAL && (boots >= 3 || !is_right(other)) ->
        if
        :: goto off
        :: fail_trial()
        fi
    :: phase == TRIAL && boots < 3 && is_right(other) ->
        if
        :: goto off
        :: skip                                     /* the flash refuses the record: home starts */
        :: count_start(by_power); on_trial = true
        fi
    :: else
    fi;
    if
    :: goto off
    :: true
    fi;
    if
    :: on_trial -> running = other
    :: !on_trial && holds[home] != SCRAP -> running = home
    :: else ->
        assert(phase == IDLE && is_right(other));   /* I1: there is another one */
        running = other
    fi;
    assert(floor >= proven);                            /* I4 */
    assert(holds[running] != SCRAP);                    /* I1 */
    assert(running == home || on_trial || has_rotted);  /* I2 */
    assert(!on_trial || is_right(running));             /* I2 */
    if
    :: on_trial -> goto trial
    :: else -> goto at_home
    fi;

trial:
    if
    :: goto off
    :: by_power = false; goto boot                  /* it crashed, hung, or restarted */
    :: fail_trial(); by_power = false; goto boot    /* it said so, or nothing */
    :: confirm(); goto at_home
    fi;

at_home:
    if
    :: phase == TRIAL ->                                /* what could not be counted is at its end: T6 */
        if
        :: goto off
        :: fail_trial()
        fi
    :: else
    fi;
    if
    :: running != home ->                               /* T10 */
        if
        :: goto off
        :: home = running
        fi
    :: running == home && phase == KEPT && fails >= 3 -> /* T8 */
        if
        :: goto off
        :: d_step { phase = IDLE; over[sequence[other]] = true; raise(skipped, sequence[other]) }
        fi
    :: else
    fi;
rest:
    do
    :: goto off
    :: by_power = false; goto boot
    :: phase == KEPT && fails < 3 && is_right(other) -> /* T7 */
        phase = TRIAL;
        boots = 0;
        by_power = false;
        goto boot
    :: phase == KEPT && !kept_has_rotted && is_right(other) ->
        kept_has_rotted = true;
        holds[other] = SCRAP                        /* found at T7; then the same release may begin anew */
    :: phase == IDLE && !has_rotted && is_right(other) && ran[holds[other]] && holds[home] != SCRAP ->
        d_step { has_rotted = true; holds[home] = SCRAP };
        goto off                                    /* flash that forgets, while nothing is written */
    :: select(offer : 1 .. RELEASES);               /* whatever the mirror has, as often as it likes */
        if
        :: offer < floor || (offer <= skipped && offer != floor) /* R16, R17: refused */
        :: may_take(offer) && offer == sequence[home] /* nothing new */
        :: may_take(offer) && offer != sequence[home] && known[home] && image(offer) == holds[home] ->
            d_step {                                /* T9: it runs already */
                sequence[home] = offer;
                known[home] = true;
                raise(floor, offer);
                raise(proven, offer);
                over[offer] = false;
                starts = (sequence[other] <= offer -> 0 : starts);
                if
                :: sequence[other] <= offer ->
                    phase = IDLE;
                    fails = 0;
                    cold = 0
                :: else                             /* a newer one goes on, and keeps its failed trials */
                fi
            }
        :: may_take(offer) && offer != sequence[home] && !(known[home] && image(offer) == holds[home]) ->
            goto take
        fi
    od;

take:
    if
    :: phase == KEPT && cand == offer && is_right(other) -> goto rest /* it waits for its next trial */
    :: cand != offer && (fails > 0 || cold > 0) && offer <= sequence[other] -> goto rest
    :: phase == FILL && cand == offer -> goto fetch
    :: cand == offer && fails >= 3 -> goto rest     /* given up, also where the floor lets it in */
    :: else ->
        if
        :: goto off
        :: begin(offer)
        fi
    fi;
fetch:
    assert(phase == FILL);                          /* nobody writes the slot in TRIAL or KEPT */
    holds[other] = SCRAP;
    if
    :: goto off
    :: goto rest                                    /* cut, 404, too slow */
    :: true                                         /* bytes that are not the signed ones */
    :: holds[other] = image(offer)
    fi;
    if
    :: goto off
    :: is_right(other) ->                           /* I6, T3: only what reads back right */
        d_step { phase = TRIAL; boots = 0 };
        by_power = false;
        goto boot
    :: !is_right(other) -> goto rest
    fi
}
