/* SPDX-License-Identifier: Apache-2.0 */
/* A fleet through a year of bad luck: each device has days on which its server is gone, lies, breaks off or trickles,
 * losses of power, and releases that are good, sick or crash. What a day and a year may cost a device is bounded, each
 * bound stands here with its arithmetic, and in the end each device takes one more good release.
 *
 *   fleet [--devices N] [--days N] [--seed N]     1000 devices, 365 days, seed 1
 *
 * It counts as tools/result wants it. Exit: 0 all bounds hold, 1 one does not: the seed of that device is printed. */
#include <getopt.h>

#include "test/kit/kit.h"
#include "test/kit/rig.h"

#include "device/device.h"

#define SIZE   20000u
#define LEAST  9000u
#define HOUR_S 3600u
#define DAY_S  86400u

static const struct rig_geometry common = {.write_size = 32,
                                           .erase_size = 4096,
                                           .slot_size = 24576,
                                           .log_erase_size = 4096,
                                           .page_size = 4096};

/* ---- the bounds. A device polls daily here; who serves may ask for a minute by Cache-Control, and does.
 *
 * A whole answer is followed by a rest of 60 s at least, and a failed check by one of 15 s, which doubles until an
 * answer is whole: so no 75 s hold more than two checks, 2 x 86,400 / 75 = 2,304 a day. A start begins the waits anew:
 * 9 more (15 s doubled 8 times is an hour) for each start. A check is four requests with its redirects, a payload four
 * and one more where a range was refused, and there is a report. */
#define REQUESTS_A_DAY(starts) ((2304u + 9u * (starts)) * (4u + 5u + 1u))
/* Four payloads (R47), and what each of four broken streams had in its last buffer; and four more for each start, because
 * the count is not kept over one (KNOWN.md). */
#define PAYLOAD_A_DAY(starts) ((4u * SIZE + 4u * 2048u) * (1u + (starts)))
/* What is read for a request beside a payload: a head of 8,192 bytes and a manifest of 4,096 at most, and of each one
 * buffer too much. */
#define WIRE_A_REQUEST (8192u + 2048u + 4096u + 2048u)
/* A payload erases each unit of its slot once and once more where it was cut: 2 x 5 units of 4,096; its records, at most
 * 16 for an attempt, fill one unit of the log. Attempts: four payloads a day and one for each back-off step. */
#define ERASES_A_YEAR(days, starts) ((days)*4u * (2u * 6u + 1u) + (starts)*14u)
/* I3: 19 starts of one release. */
#define TRIALS_A_RELEASE 19u

static struct rig rig;
static uint32_t luck;

static uint32_t below(uint32_t limit) {
    return sim_random_next(&luck) % limit;
}

static bool chance(uint32_t one_in) {
    return below(one_in) == 0;
}

/* What one device has cost. */
struct toll {
    uint64_t wire, payload, requests, erases, starts, trials;
};
static struct toll total, worst_day, worst_year;
static unsigned long n_days, n_bad_days, n_releases, n_lost;

static uint64_t higher(uint64_t a, uint64_t b) {
    return a > b ? a : b;
}

static void keep_worst(struct toll *worst, const struct toll *now) {
    worst->wire = higher(worst->wire, now->wire);
    worst->payload = higher(worst->payload, now->payload);
    worst->requests = higher(worst->requests, now->requests);
    worst->erases = higher(worst->erases, now->erases);
    worst->starts = higher(worst->starts, now->starts);
    worst->trials = higher(worst->trials, now->trials);
}

static uint64_t erases(void) {
    return rig.slot[0].erases + rig.slot[1].erases + rig.log.erases;
}

static struct toll toll_now(void) {
    return (struct toll){.wire = rig.net.n_received,
                         .payload = rig_received(&rig),
                         .requests = rig.net.n_requests,
                         .erases = erases(),
                         .starts = rig.n_starts,
                         .trials = rig.n_trials};
}

static struct toll since(const struct toll *before) {
    struct toll now = toll_now();

    return (struct toll){now.wire - before->wire,         now.payload - before->payload,
                         now.requests - before->requests, now.erases - before->erases,
                         now.starts - before->starts,     now.trials - before->trials};
}

/* ---- luck */

static const struct sim_wrong lies[] = {
    {.open = ALOFT_E_NET_UNREACHABLE},
    {.open = ALOFT_E_TLS_CA},
    {.status = 503, .heads = "Retry-After: 1\r\n"},
    {.status = 429, .heads = "Retry-After: 4000000000\r\n"},
    {.status = 404},
    {.status = 500},
    {.type = "text/html"},
    {.heads = "Content-Encoding: gzip\r\n"},
    {.heads = "Transfer-Encoding: chunked\r\n"},
    {.heads = "Cache-Control: max-age=0\r\n"},
    {.body_shift = 5000, .hides_length = true},
    {.body_shift = -50, .closes = true},
    {.length_shift = 3},
    {.body_shift = -3},
    {.ignores_range = true},
    {.range_shift = 1},
    {.size_shift = -1},
    {.location = "loop"},
    {.location = "https://evil.example/x"},
    {.raw_head = "HTTP/1.1 200 OK\r\nX: ", .fill = 'a', .body_shift = 1 << 20},
    {.closes_silently = true},
};
#define N_LIES (sizeof lies / sizeof lies[0])

static void have_a_day(void) {
    static const char *const only[] = {NULL, ".suit", ".bin", "/report"};

    sim_net_heal(&rig.net);
    if (!chance(3))
        return;
    n_bad_days++;
    rig.net.wrong = lies[below(N_LIES)];
    rig.net.wrong.only = only[below(4)];
    rig.net.wrong.answers = chance(2) ? SIM_NEVER : 1 + below(20);
    rig.net.wrong.stall_after = chance(4) ? below(30000) : SIM_NEVER;
    rig.net.wrong.cut_after = chance(2) ? below(40000) : SIM_NEVER;
    rig.net.wrong.cut_as = chance(2) ? ALOFT_E_NET_CLOSED : ALOFT_E_NET_DROPPED;
    rig.net.wrong.double_after = chance(8) ? 1 + below(20000) : 0;
}

/* ---- releases: their images are made once for each device */

static void put_on_offer(unsigned image, enum rig_nature nature, uint64_t sequence) {
    const struct sim_wrong wrong = rig.net.wrong;

    rig.image[image].at[0] = (uint8_t)nature;
    rig.image[image].at[1]++; /* other bytes than before */
    rig.net.n_files = 0;
    rig_offer_by(&rig, image, sequence, 1);
    rig.net.wrong = wrong;
}

static void release(uint64_t sequence) {
    static const enum rig_nature natures[] = {RIG_GOOD, RIG_GOOD, RIG_SICK, RIG_CRASH, RIG_SILENT};
    const enum rig_nature nature = natures[below(5)];
    unsigned image = 1 + below(RIG_IMAGES_MAX - 1);

    if ((int)image == rig_running_image(&rig))
        return; /* its maker has nothing new today */
    put_on_offer(image, nature, sequence);
    n_releases++;
}

/* ---- a life */

static int wrong_of(uint32_t seed, const char *what, uint64_t is, uint64_t most) {
    printf("device %u: %s %llu, not at most %llu\n", seed, what, (unsigned long long)is,
           (unsigned long long)most);
    return 1;
}

/* A device that rests is left alone until its next check, one whose stream stands still for half a second. */
static void sleep_more(uint32_t left_s) {
    struct aloft_status now;
    uint32_t wait_s;

    if (rig.progress.wait_ms == 1)
        sim_clock_pass(&rig.clock, 499);
    if (rig.progress.wait_ms < 60000)
        return;
    rig_status(&rig, &now);
    wait_s = now.next_check_s < left_s ? now.next_check_s : left_s;
    if (now.retry_trial_s > 0 && now.retry_trial_s < wait_s)
        wait_s = now.retry_trial_s;
    sim_clock_pass(&rig.clock, wait_s * 1000);
}

static bool sleep_on(uint64_t until_ms, uint64_t *now_ms) {
    const uint32_t before = rig.clock.now_ms;

    if (!rig_step(&rig))
        return false;
    if (*now_ms < until_ms)
        sleep_more((uint32_t)((until_ms - *now_ms) / 1000));
    *now_ms += (uint32_t)(rig.clock.now_ms - before);
    return true;
}

static void live(uint32_t seconds) {
    uint64_t now_ms = 0;

    while (now_ms < (uint64_t)seconds * 1000)
        if (!sleep_on((uint64_t)seconds * 1000, &now_ms))
            (void)rig_boot(&rig, ALOFT_RESET_POWER);
}

static int one_day(uint32_t seed, uint64_t sequence) {
    const struct toll before = toll_now();
    struct toll cost;
    uint32_t cuts = chance(10) ? 1 + below(4) : 0;

    have_a_day();
    if (chance(20))
        release(sequence);
    for (uint32_t i = 0; i < cuts; i++) {
        live(below(DAY_S / (cuts + 1)));
        if (chance(2))
            sim_power_cut_after(&rig.power, below(40), (enum sim_torn)below(SIM_TORN_MODES),
                                below(256));
        else
            (void)rig_boot(&rig, ALOFT_RESET_POWER);
    }
    live(DAY_S / (cuts + 1));
    cost = since(&before);
    keep_worst(&worst_day, &cost);
    n_days++;
    if (cost.requests > REQUESTS_A_DAY(cost.starts))
        return wrong_of(seed, "requests in a day", cost.requests, REQUESTS_A_DAY(cost.starts));
    if (cost.payload > PAYLOAD_A_DAY(cost.starts))
        return wrong_of(seed, "payload bytes in a day", cost.payload, PAYLOAD_A_DAY(cost.starts));
    if (cost.wire > cost.payload + (cost.requests + 1) * WIRE_A_REQUEST)
        return wrong_of(seed, "bytes in a day", cost.wire,
                        cost.payload + cost.requests * WIRE_A_REQUEST);
    return 0;
}

/* The trouble is over, and there is one more release, which is good: each device comes to run it, whatever it has been
 * through. (One that was good may have been given up: its trials fell into days without a server.) */
static int ends_well(uint32_t seed, uint64_t sequence) {
    unsigned image = 1;

    while ((int)image == rig_running_image(&rig) || rig_image_in(&rig, 0) == (int)image ||
           rig_image_in(&rig, 1) == (int)image)
        image++;
    sim_net_heal(&rig.net);
    rig.power.cut_at = UINT32_MAX;
    put_on_offer(image, RIG_GOOD, sequence);
    live(2 * DAY_S);
    if (rig_running_image(&rig) == (int)image)
        return 0;
    n_lost++;
    printf("device %u runs image %d, not %u\n", seed, rig_running_image(&rig), image);
    return 1;
}

static int one_device(uint32_t seed, uint32_t days) {
    const struct toll none = {0};
    struct toll cost;
    unsigned long releases = n_releases;
    int failed = 0;

    luck = seed * 2654435761u + 1;
    rig_start(&rig, &common, LEAST);
    rig.config.poll_s = DAY_S;
    for (unsigned i = 1; i < RIG_IMAGES_MAX; i++)
        (void)rig_publish(&rig, RIG_GOOD, LEAST + i * (SIZE - LEAST) / RIG_IMAGES_MAX);
    rig_offer(&rig, 0, 500, 0);
    (void)rig_boot(&rig, ALOFT_RESET_POWER);
    for (uint32_t day = 0; day < days && failed == 0; day++)
        failed = one_day(seed, 2000 + day);
    cost = since(&none);
    if (failed == 0 && cost.erases > ERASES_A_YEAR(days, cost.starts))
        failed = wrong_of(seed, "erases", cost.erases, ERASES_A_YEAR(days, cost.starts));
    releases = n_releases - releases;
    if (failed == 0 && cost.trials > (releases + 1) * TRIALS_A_RELEASE)
        failed = wrong_of(seed, "trials", cost.trials, (releases + 1) * TRIALS_A_RELEASE);
    if (failed == 0)
        failed = ends_well(seed, 2000 + days);
    keep_worst(&worst_year, &cost);
    total.wire += cost.wire;
    total.payload += cost.payload;
    total.requests += cost.requests;
    total.erases += cost.erases;
    total.starts += cost.starts;
    total.trials += cost.trials;
    rig_end(&rig);
    return failed;
}

static void tell(const char *name, uint64_t sum, uint64_t worst_of_a_day,
                 uint64_t worst_of_a_year) {
    printf("%s\t%llu\ta day on average %.1f; the worst day %llu, the worst year %llu\n", name,
           (unsigned long long)sum, (double)sum / (double)n_days,
           (unsigned long long)worst_of_a_day, (unsigned long long)worst_of_a_year);
}

int main(int argc, char **argv) {
    static const struct option known[] = {{"devices", required_argument, NULL, 'n'},
                                          {"days", required_argument, NULL, 'd'},
                                          {"seed", required_argument, NULL, 's'},
                                          {0}};
    uint32_t devices = 1000, days = 365, seed = 1;
    int option, failed = 0;

    while ((option = getopt_long(argc, argv, "", known, NULL)) != -1)
        if (option == 'n')
            devices = (uint32_t)strtoul(optarg, NULL, 10);
        else if (option == 'd')
            days = (uint32_t)strtoul(optarg, NULL, 10);
        else if (option == 's')
            seed = (uint32_t)strtoul(optarg, NULL, 10);
        else
            return 64;
    for (uint32_t i = 0; i < devices && failed == 0; i++)
        failed = one_device(seed + i, days);
    printf("device days\t%lu\tof %u devices; on %lu of them the network was bad\n", n_days, devices,
           n_bad_days);
    printf("releases\t%lu\tput on offer: good, sick, crashing, silent\n", n_releases);
    tell("bytes", total.wire, worst_day.wire, worst_year.wire);
    tell("payload bytes", total.payload, worst_day.payload, worst_year.payload);
    tell("requests", total.requests, worst_day.requests, worst_year.requests);
    tell("erases", total.erases, worst_day.erases, worst_year.erases);
    tell("starts", total.starts, worst_day.starts, worst_year.starts);
    tell("trials", total.trials, worst_day.trials, worst_year.trials);
    printf("lost\t%lu\tdevices that do not come to run one more good release in the end\n", n_lost);
    return failed;
}
